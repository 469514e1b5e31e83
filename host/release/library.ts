import { messageOf } from "../errors.js";
import { type OpenedFile, readOpened } from "../opened-file.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "./markers.js";

export const LIBRARY = "libtriton_python.so";

/** python_backend's library of a server. */
export interface FoundLibrary {
  readonly path: string;
  /** Oldest release of the library's variant. */
  readonly variant: string;
}

/**
 * Finds the library that the server has loaded (docs/internals/release-detection.md, "Order of the sources").
 * @param libraries candidates, the strongest first
 * @param tried receives each rejected file with the reason
 */
export function findLibrary(
  libraries: readonly OpenedFile[],
  tried: string[],
): FoundLibrary | undefined {
  for (const file of libraries) {
    const { path } = file;
    try {
      if ("problem" in file) throw new Error(file.problem);
      const variant = variantOf(readOpened(file.fd));
      if (variant !== undefined) return { path, variant };
      tried.push(`${path} (not python_backend's library)`);
    } catch (error) {
      tried.push(`${path} (${messageOf(error)})`);
    }
  }
  return undefined;
}

/** The variant of a library; undefined when the bytes are not python_backend's library. */
export function variantOf(library: Buffer): string | undefined {
  if (!hasApi(library, LIBRARY_MARKER)) return undefined;
  const marker = MARKERS.find(({ api, text, present }) => {
    const found = api === undefined ? library.includes(text ?? "") : hasApi(library, api);
    return found === present;
  });
  return marker?.variant ?? NEWEST_VARIANT;
}

function hasApi(library: Buffer, name: string): boolean {
  return library.includes(`\0${name}\0`, 0, "latin1");
}
