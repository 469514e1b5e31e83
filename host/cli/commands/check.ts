import { existsSync } from "node:fs";
import { join } from "node:path";
import { ceilingVariables, readCeilings } from "../../config/ceilings.js";
import { StubError } from "../../errors.js";
import { checkRepository } from "../check/check.js";
import { failsCheck, jsonOf, lineOf } from "../check/finding.js";
import { CONFIG_FILE } from "../check/model.js";
import { requireFolder } from "../folder.js";
import { EXIT } from "../usage.js";
import type { Command, Options } from "./command.js";

export const CHECK: Command = { options: ["json", "limits"], argument: "REPOSITORY", run: check };

function check(repository: string, { json = false, limits }: Options): number {
  requireFolder(repository, "name a model repository, a folder with a folder for each model");
  if (existsSync(join(repository, CONFIG_FILE))) {
    throw refused(
      `'${repository}' is the folder of a model: name the model repository that contains it`,
    );
  }
  // The file in a backend's folder is optional, but a file that the user names must exist.
  if (limits !== undefined && !existsSync(limits)) {
    throw refused(
      `--limits: '${limits}' does not exist: name the file 'limits' of the backend's folder, or omit the option`,
    );
  }
  const ceilings = readCeilings(ceilingVariables(process.env), limits);
  const findings = checkRepository(repository, ceilings);
  const text = json
    ? `${jsonOf(findings)}\n`
    : findings.map((finding) => `${lineOf(finding)}\n`).join("");
  process.stdout.write(text);
  return findings.some(failsCheck) ? EXIT.found : EXIT.done;
}

function refused(message: string): StubError {
  return new StubError("ERR_ENVIRONMENT", message);
}
