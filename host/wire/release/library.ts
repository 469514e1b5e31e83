import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../errors.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "./markers.js";

export const LIBRARY = "libtriton_python.so";

/** The server that launched this process. */
export interface Parent {
  readonly pid: number;
  /** argv[6]: the folder that holds the stub in use. */
  readonly backendFolder: string;
}

/** python_backend's library of a server. */
export interface FoundLibrary {
  /** Its path as the server sees it. */
  readonly path: string;
  /** Oldest release of the variant that its bytes are of. */
  readonly variant: string;
}

/**
 * Looks for the library that the server has loaded (protocol/detect.md, "Recommended order").
 * @param tried gets each file that did not serve, and why
 */
export function findLibrary(parent: Parent, tried: string[]): FoundLibrary | undefined {
  for (const { file, path } of candidates(parent)) {
    try {
      const variant = variantOf(readFileSync(file));
      if (variant !== undefined) return { path, variant };
      tried.push(`${file} (not python_backend's library)`);
    } catch (error) {
      tried.push(`${file} (${messageOf(error)})`);
    }
  }
  return undefined;
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

function hasApi(library: Buffer, name: string): boolean {
  return library.includes(`\0${name}\0`, 0, "latin1");
}

interface Candidate {
  readonly file: string;
  readonly path: string;
}

function candidates({ pid, backendFolder }: Parent): Candidate[] {
  const beside = [join(backendFolder, LIBRARY), join(backendFolder, "..", "python", LIBRARY)]
    .filter((path) => existsSync(path))
    .map((path) => ({ file: path, path }));
  const mapped = mappedLibrary(pid);
  if (mapped === undefined) return beside;
  // The file that the server really runs comes first; the other two stand in when /proc is closed to us.
  return [
    { file: mapped, path: mapped },
    { file: `/proc/${pid}/root${mapped}`, path: mapped },
    ...beside,
  ];
}

/** A line of the maps: five words, then the path, which may have blanks. */
const MAPPED = new RegExp(`^(?:\\S+ +){5}(/(?:.*/)?${LIBRARY.replace(".", "\\.")}[^/\n]*)$`, "m");

function mappedLibrary(pid: number): string | undefined {
  try {
    return MAPPED.exec(readFileSync(`/proc/${pid}/maps`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
