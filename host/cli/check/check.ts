import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ceilings } from "../../config/ceilings.js";
import { type Cost, checkTotal } from "./cost.js";
import { checkFiles } from "./files.js";
import { type Finding, Report } from "./finding.js";
import { checkModel } from "./model.js";
import { isWithin, targetOf } from "./paths.js";

/** What findings of all models together are put under. */
const ALL_MODELS = "(all models)";

/**
 * Examines a model repository without running, compiling or loading anything of it.
 * @param folder the repository
 * @param ceilings the most that the operator lets a model ask for
 * @returns what was found, model by model
 * @throws the system's error when the folder cannot be read
 */
export function checkRepository(folder: string, ceilings: Ceilings): Finding[] {
  const repository = realpathSync(folder);
  const costs: (Cost | undefined)[] = [];
  const findings = readdirSync(repository)
    .sort()
    .flatMap((name) => {
      const report = new Report(name);
      const path = join(repository, name);
      checkFiles(repository, path, report);
      if (isModelFolder(repository, path)) {
        costs.push(checkModel({ repository, name }, ceilings, report));
      }
      return report.findings;
    });
  const together = new Report(ALL_MODELS);
  checkTotal(
    costs.filter((cost) => cost !== undefined),
    together,
  );
  return [...findings, ...together.findings];
}

/** A link to a folder of the repository is a model, too; what lies outside has been reported and is not looked at. */
function isModelFolder(repository: string, path: string): boolean {
  const target = targetOf(path);
  return target !== undefined && isWithin(repository, target) && statSync(target).isDirectory();
}
