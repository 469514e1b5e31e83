import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, StubError } from "../../errors.js";
import type { Layout } from "../layout.js";
import { LAYOUTS } from "../layouts/index.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "./markers.js";

/** Names the server's release (`YY.MM`) and overrules what its files say. */
export const RELEASE_VARIABLE = "TRITON_WASM_RELEASE";

const LIBRARY = "libtriton_python.so";

/** The server that launched this process. */
export interface Parent {
  readonly pid: number;
  /** argv[6]: the folder that holds the stub in use. */
  readonly backendFolder: string;
}

/**
 * Finds out which release of python_backend launched us: {@link RELEASE_VARIABLE}, else the markers in the library that
 * the server has loaded (protocol/detect.md).
 * @returns the release, or the oldest release of its variant, as `YY.MM`
 * @throws StubError ERR_RELEASE_UNKNOWN
 */
export function detectRelease(parent: Parent): string {
  const given = process.env[RELEASE_VARIABLE];
  if (given !== undefined && given !== "") return given;
  const tried: string[] = [];
  for (const file of candidates(parent)) {
    let library: Buffer;
    try {
      library = readFileSync(file);
    } catch (error) {
      tried.push(`${file} (${messageOf(error)})`);
      continue;
    }
    const variant = variantOf(library);
    if (variant !== undefined) return variant;
    tried.push(`${file} (not python_backend's library)`);
  }
  throw new StubError(
    "ERR_RELEASE_UNKNOWN",
    `cannot tell the release of the Triton server: no ${LIBRARY} was readable; tried ${tried.join(", ") || "nothing"}. ` +
      `Set ${RELEASE_VARIABLE}=YY.MM in the server's environment`,
    { tried },
  );
}

/** The variant of a library's bytes, undefined when it is not python_backend's. */
export function variantOf(library: Buffer): string | undefined {
  if (!hasApi(library, LIBRARY_MARKER)) return undefined;
  const marker = MARKERS.find(({ api, text, present }) => {
    const found = api === undefined ? library.includes(text ?? "") : hasApi(library, api);
    return found === present;
  });
  return marker?.variant ?? NEWEST_VARIANT;
}

/**
 * The layout that `release` writes.
 * @throws StubError ERR_RELEASE_UNSUPPORTED, naming the release and what is supported
 */
export function layoutOfRelease(release: string): Layout {
  const layout = LAYOUTS.find(({ releases }) => releases.includes(release));
  if (layout !== undefined) return layout;
  const supported = LAYOUTS.flatMap(({ releases }) => releases);
  throw new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `Triton release ${release} is not supported by this WebAssembly backend, which speaks ${supported[0]} to ${supported.at(-1)}`,
    { release, supported },
  );
}

function hasApi(library: Buffer, name: string): boolean {
  return library.includes(`\0${name}\0`, 0, "latin1");
}

function candidates({ pid, backendFolder }: Parent): string[] {
  const files = [join(backendFolder, LIBRARY), join(backendFolder, "..", "python", LIBRARY)].filter(
    (file) => existsSync(file),
  );
  const mapped = mappedLibrary(pid);
  // The file that the server really runs comes first; the other two stand in when /proc is closed to us.
  return mapped === undefined ? files : [mapped, `/proc/${pid}/root${mapped}`, ...files];
}

function mappedLibrary(pid: number): string | undefined {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, "latin1");
    return new RegExp(`(/\\S*/${LIBRARY.replace(".", "\\.")}\\S*)$`, "m").exec(maps)?.[1];
  } catch {
    return undefined;
  }
}
