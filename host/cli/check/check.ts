import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ceilings } from "../../config/ceilings.js";
import { type Cost, checkTotal } from "./cost.js";
import { checkFiles } from "./files.js";
import { type Finding, Report } from "./finding.js";
import { checkModel } from "./model.js";
import { isWithin, targetOf } from "./paths.js";

/** The name under which findings about all models together are reported. */
const ALL_MODELS = "(all models)";

/**
 * Examines a model repository without running, compiling or loading anything of it.
 * @param folder the repository
 * @param ceilings the highest limits that the operator allows
 * @returns the findings, model by model
 * @throws the error of the system when the folder cannot be read
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

/** A link to a folder within the repository is a model, too. Targets outside are not read; checkFiles has reported them. */
function isModelFolder(repository: string, path: string): boolean {
  const target = targetOf(path);
  return target !== undefined && isWithin(repository, target) && statSync(target).isDirectory();
}
