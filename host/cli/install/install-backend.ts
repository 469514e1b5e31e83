import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, StubError } from "../../errors.js";
import { requireFolder } from "../folder.js";
import { BACKENDS, contentsOf } from "./contents.js";
import { replaceFiles } from "./replace-files.js";

/** The files that version 0.1.0 installed. It wrote no list of them. */
const OUTDATED = ["core.wasm", "executor.cjs", "koffi.node", "node", "stub.cache", "stub.cjs"];

const NO_ROOM = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * Installs the backend folders into a server's backend directory. Servers may run models of an earlier version meanwhile: these continue,
 * and use the new version when they are loaded again.
 * @returns the installed folders
 * @throws StubError ERR_ENVIRONMENT
 */
export function installBackend(directory: string): string[] {
  requireFolder(directory, "name the server's backend directory, often /opt/tritonserver/backends");
  const root = realpathSync(directory);
  const plan = BACKENDS.map((name) => ({ folder: join(root, name), contents: contentsOf(name) }));
  for (const { folder } of plan) requireOurs(folder);
  for (const { folder, contents } of plan) {
    try {
      replaceFiles(folder, contents, OUTDATED);
    } catch (error) {
      throw installationError(folder, error);
    }
  }
  return plan.map(({ folder }) => folder);
}

/** Checks that the folder is not another backend: a server would load its library, and never start our program. */
function requireOurs(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new StubError("ERR_ENVIRONMENT", `'${folder}' is not a directory: remove or rename it`);
  }
  const library = readdirSync(folder).find((name) => /^libtriton_.*\.so$/.test(name));
  if (library === undefined) return;
  throw new StubError(
    "ERR_ENVIRONMENT",
    `'${folder}' is another backend: it has ${library}, which the server would load instead of this backend; remove or rename that folder`,
  );
}

function installationError(folder: string, error: unknown): StubError {
  if (error instanceof StubError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const advice = NO_ROOM.has(code ?? "")
    ? `the disk is full (${code}): free 125 MiB, which the installation needs; the previous files are unchanged`
    : NOT_WRITABLE.has(code ?? "")
      ? `the directory cannot be written (${code}): run install-backend as a user with write access`
      : messageOf(error);
  return new StubError("ERR_ENVIRONMENT", `'${folder}' cannot be installed: ${advice}`, { folder });
}
