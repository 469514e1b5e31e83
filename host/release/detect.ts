import { join } from "node:path";
import { StubError } from "../errors.js";
import type { OpenedFile } from "../opened-file.js";
import { readOperatorFile } from "../operator-file.js";
import { isTried, layoutOfRelease, NEWEST_RELEASE } from "../wire/supported.js";
import { type FoundLibrary, findLibrary, LIBRARY } from "./library.js";
import { MARKERS, NEWEST_VARIANT } from "./markers.js";
import { NEWER, namedRelease } from "./version-text.js";

/** Names the server's release (`YY.MM`) and overrules what its files say. */
export const RELEASE_VARIABLE = "TRITON_WASM_RELEASE";
/** A file of this name in the backend's folder says the same; the variable overrules it. */
export const RELEASE_FILE = "triton-release";

/** As which release the server is spoken to. */
export interface ServerRelease {
  /** `YY.MM`; one of its variant when only that is known. */
  readonly release: string;
  /**
   * Whether the server's own files say so, too. If not, nothing but answers goes to the server before its first request
   * has been found to fit.
   */
  readonly confirmed: boolean;
  /** What an operator should know of it; goes to the log once per load. */
  readonly notice?: { readonly warning: boolean; readonly text: string };
}

/**
 * Finds out which release of python_backend launched us: what the operator says, else the markers in the library that
 * the server has loaded, made more exact by what its installation names (docs/internals/release-detection.md). Where the library can be read, what the
 * operator says must be a release of its variant.
 * @param libraries files that may be the server's library, in the order in which they count
 * @param installation files in which the server's installation says its version
 * @param programFolder where this program is
 * @throws StubError ERR_RELEASE_UNKNOWN, ERR_RELEASE_UNSUPPORTED
 */
export function detectRelease(
  libraries: readonly OpenedFile[],
  installation: readonly OpenedFile[],
  programFolder: string,
): ServerRelease {
  const tried: string[] = [];
  const library = findLibrary(libraries, tried);
  const given = givenRelease(programFolder);
  if (given !== undefined) return byHand(given, library);
  if (library === undefined) {
    throw new StubError(
      "ERR_RELEASE_UNKNOWN",
      `cannot tell the release of the Triton server: no ${LIBRARY} was readable; tried ${tried.join(", ") || "nothing"}. ` +
        `Set ${RELEASE_VARIABLE}=YY.MM in the server's environment, or write it into the file ${join(programFolder, RELEASE_FILE)}`,
      { tried },
    );
  }
  const { variant } = library;
  const named = namedRelease(installation);
  if (named === undefined || named === variant) return known(variant);
  if (named === NEWER) {
    return variant === NEWEST_VARIANT ? newer(`is newer than ${NEWEST_RELEASE}`) : known(variant);
  }
  if (variantOfRelease(named) === variant) return known(named);
  return warned(
    known(variant),
    `the server's installation says Triton ${named}, but its ${LIBRARY} is that of ${variant}: speaking ${variant}`,
  );
}

/** Structs of another variant would make the server read from wrong places: from 24.06 on it dies of the first response. */
function byHand({ release, source }: Given, library: FoundLibrary | undefined): ServerRelease {
  const server = release > NEWEST_RELEASE ? newer(`is said to be ${release}`) : known(release);
  if (library === undefined) return { ...server, confirmed: false };
  if (library.variant === variantOfRelease(server.release)) return server;
  throw new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `${source} says Triton ${release}, but the server runs ${library.path}, which is that of Triton ${library.variant}: remove ${source}, ` +
      "which is only for servers whose library cannot be read",
    { release, source, library: library.path, variant: library.variant },
  );
}

function known(release: string): ServerRelease {
  layoutOfRelease(release);
  if (isTried(release)) return { release, confirmed: true };
  const text = `speaking to Triton ${release}: this backend was never tried with a real server of that release (docs/compatibility.md)`;
  return { release, confirmed: true, notice: { warning: false, text } };
}

function newer(what: string): ServerRelease {
  return warned(
    { release: NEWEST_RELEASE, confirmed: true },
    `this Triton ${what}, which this backend does not know: speaking ${NEWEST_RELEASE}`,
  );
}

function warned(server: ServerRelease, text: string): ServerRelease {
  return { ...server, notice: { warning: true, text } };
}

interface Given {
  readonly release: string;
  /** Where it stands. */
  readonly source: string;
}

/** What the operator says. */
function givenRelease(programFolder: string): Given | undefined {
  const file = join(programFolder, RELEASE_FILE);
  const variable = process.env[RELEASE_VARIABLE];
  const [text, source] = variable ? [variable, RELEASE_VARIABLE] : [readOperatorFile(file), file];
  if (text === undefined) return undefined;
  const release = text.trim();
  if (/^\d\d\.(0[1-9]|1[0-2])$/.test(release)) return { release, source };
  throw new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `${source} says '${release}', which is not a release of Triton: write YY.MM, for instance ${NEWEST_RELEASE}`,
    { release, source },
  );
}

/** The oldest release that speaks as `release` does. */
function variantOfRelease(release: string): string | undefined {
  const variants = [...MARKERS.map(({ variant }) => variant), NEWEST_VARIANT];
  return variants.filter((variant) => variant <= release).at(-1);
}
