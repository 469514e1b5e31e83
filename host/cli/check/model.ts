import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ceilings } from "../../config/ceilings.js";
import { type ModelConfig, readModelConfig } from "../../config/model-config.js";
import { messageOf } from "../../errors.js";
import { examineGuestModule } from "../../guest/module.js";
import { moduleCaps } from "../../guest/module-caps.js";
import { backendOf } from "./backend.js";
import { type ConfigValue, parseConfig, readConfigFile } from "./config-text.js";
import { type Cost, checkCost } from "./cost.js";
import { Report } from "./finding.js";
import { checkOutside } from "./outside.js";
import { leadsOutside } from "./paths.js";

/** A model of a repository. */
export interface ModelFolder {
  /** Path of the repository, without links. */
  readonly repository: string;
  readonly name: string;
}

/** A server accepts only such names for version folders. */
const VERSION = /^\d+$/;
export const CONFIG_FILE = "config.pbtxt";
/** A server with --model-config-name reads a file of this folder instead of config.pbtxt. */
const CONFIGS_FOLDER = "configs";

/**
 * Checks each configuration in a model's folder, and the modules that they name.
 * @returns the cost of the most expensive configuration; undefined when this backend serves none of them
 */
export function checkModel(
  model: ModelFolder,
  ceilings: Ceilings,
  report: Report,
): Cost | undefined {
  const folder = join(model.repository, model.name);
  const names = namesIn(folder);
  const versions = names.filter((name) => VERSION.test(name) && isFolder(join(folder, name)));
  if (versions.length === 0) report.add("refused", "it has no version folder, such as '1'");
  const others = namesIn(join(folder, CONFIGS_FOLDER)).map((name) => join(CONFIGS_FOLDER, name));
  const files = [names.includes(CONFIG_FILE) ? CONFIG_FILE : undefined, ...others];
  const costs = files.map((file) => {
    const own = new Report(report.model);
    const cost = checkConfiguration(model, file, versions, ceilings, own);
    for (const { severity, message } of own.findings) {
      report.add(severity, others.includes(file ?? "") ? `${file}: ${message}` : message);
    }
    return cost;
  });
  return costs.sort((one, other) => (other?.memoryBytes ?? 0) - (one?.memoryBytes ?? 0))[0];
}

/** @param file path of the configuration; undefined when there is none, and the server generates one */
function checkConfiguration(
  { repository, name }: ModelFolder,
  file: string | undefined,
  versions: readonly string[],
  ceilings: Ceilings,
  report: Report,
): Cost | undefined {
  const folder = join(repository, name);
  if (file !== undefined && leadsOutside(repository, join(folder, file))) return undefined;
  let value: ConfigValue;
  let config: ModelConfig | undefined;
  try {
    value = file === undefined ? parseConfig(new Uint8Array()) : readConfigFile(join(folder, file));
  } catch (error) {
    report.add("unknown", messageOf(error));
    return undefined;
  }
  checkOutside(value, report);
  const contents = new Set(versions.flatMap((version) => namesIn(join(folder, version))));
  const backend = backendOf(value, name, contents, report);
  if (backend === undefined) return undefined;
  try {
    config = readModelConfig(value, ceilings);
  } catch (error) {
    report.add("refused", messageOf(error));
    return undefined;
  }
  if (backend === "wasm") {
    for (const version of versions) {
      checkModule(repository, join(folder, version, config.modelFile), config, report);
    }
  }
  return checkCost(value, config, versions.length, report);
}

function checkModule(repository: string, file: string, config: ModelConfig, report: Report): void {
  if (leadsOutside(repository, file)) return;
  try {
    examineGuestModule(file, moduleCaps(config.sandbox.limits));
  } catch (error) {
    report.add("refused", messageOf(error));
  }
}

/** @returns the sorted names in the folder; empty when the folder is missing or unreadable, which checkFiles reports */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
