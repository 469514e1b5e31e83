import { cpSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { BACKENDS, backendFolder } from "../index.js";
import { requireFolder } from "./folder.js";

/**
 * Copies our backend folders into a server's backend directory.
 * @returns the new folders
 * @throws StubError ERR_ENVIRONMENT
 */
export function installBackend(directory: string): string[] {
  requireFolder(directory, "name the server's backend directory, often /opt/tritonserver/backends");
  return BACKENDS.map((name) => {
    const target = join(realpathSync(directory), name);
    cpSync(backendFolder(name), target, { recursive: true });
    return target;
  });
}
