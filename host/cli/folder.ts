import { existsSync, statSync } from "node:fs";
import { StubError } from "../errors.js";

/** @throws StubError ERR_ENVIRONMENT, with the advice, when the path is not a folder */
export function requireFolder(path: string, advice: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  throw new StubError("ERR_ENVIRONMENT", `'${path}' is not a directory: ${advice}`, { path });
}
