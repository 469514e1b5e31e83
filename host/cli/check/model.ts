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
  /** Of the repository, without links. */
  readonly repository: string;
  readonly name: string;
}

/** A server takes only such names for versions. */
const VERSION = /^\d+$/;
export const CONFIG_FILE = "config.pbtxt";
/** One of the files here replaces the other one when the server is started with --model-config-name. */
const CONFIGS_FOLDER = "configs";

/**
 * Checks each configuration that a model's folder has, and the modules that they name.
 * @returns what the model may take with the one of them that takes most; undefined when this backend serves it with none
 */
export function checkModel(
  model: ModelFolder,
  ceilings: Ceilings,
  report: Report,
): Cost | undefined {
  const folder = join(model.repository, model.name);
  const names = namesIn(folder);
  const versions = names.filter((name) => VERSION.test(name) && isFolder(join(folder, name)));
  if (versions.length === 0) report.add("refused", "it has no folder of a version, such as '1'");
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

/** @param file of the configuration; undefined when there is none, and the server makes one up */
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

/** Names in the folder, in order; none when it is not there or cannot be read, which the check of files reports. */
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
