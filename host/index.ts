import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StubError } from "./errors.js";
import { LAYOUTS } from "./wire/layouts/index.js";

export { type ErrorCode, StubError } from "./errors.js";

/** The backends that this package brings. */
export const BACKENDS = ["wasm", "identity"] as const;

/** Releases of Triton Inference Server that the stub speaks with, oldest first. */
export const SUPPORTED_RELEASES: readonly string[] = LAYOUTS.flatMap(({ releases }) => releases);

/**
 * The self-contained folder of a backend, ready to be copied into a tritonserver's backend directory.
 * @throws StubError ERR_ENVIRONMENT when it has not been built
 */
export function backendFolder(name: (typeof BACKENDS)[number]): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "../../backends", name);
  if (existsSync(join(folder, "node"))) return folder;
  throw new StubError("ERR_ENVIRONMENT", `'${folder}' is not complete: run 'npm run build' first`, {
    folder,
  });
}
