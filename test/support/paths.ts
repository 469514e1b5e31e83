import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, StubError } from "../../host/errors.js";

/** The project's folder, the same from the sources (jest) and from dist/js (compiled): the nearest one with a package.json. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        `No package.json above ${fileURLToPath(import.meta.url)}: run the harness from a checkout of the project.`,
      );
    }
    folder = parent;
  }
  return folder;
}

/** Where downloaded servers and Python environments are kept between runs: $TRITON_WASM_CACHE, else the user's cache. */
export function cacheFolder(): string {
  const base =
    process.env.TRITON_WASM_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(base, "triton-wasm-backend");
}

/** Makes the cache folder if need be and returns it. Throws ERR_ENVIRONMENT when it cannot be made. */
export async function openCache(): Promise<string> {
  const folder = cacheFolder();
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `The folder ${folder}, in which downloaded servers are kept, cannot be made (${messageOf(cause)}): ` +
        "set TRITON_WASM_CACHE to a folder that can be written.",
      { folder },
      cause,
    );
  }
  return folder;
}
