import { join } from "node:path";
import type { OpenedFile } from "../opened-file.js";
import { readOperatorFile } from "../operator-file.js";
import { isTried, layoutOfRelease, NEWEST_RELEASE } from "../wire/supported.js";
import {
  type GivenRelease,
  libraryOfAnotherRelease,
  notARelease,
  releaseUnknown,
} from "./errors.js";
import { type FoundLibrary, findLibrary, LIBRARY } from "./library.js";
import { MARKERS, NEWEST_VARIANT } from "./markers.js";
import { NEWER, namedRelease } from "./version-text.js";

/** Sets the server's release (`YY.MM`). It overrules the file {@link RELEASE_FILE} and the texts of the server's installation. */
export const RELEASE_VARIABLE = "TRITON_WASM_RELEASE";
/** Name of a file in the backend's folder that sets the release as well. */
export const RELEASE_FILE = "triton-release";

/** The release that the stub treats the server as. */
export interface ServerRelease {
  /** `YY.MM`. When only the variant is known, its oldest release. */
  readonly release: string;
  /**
   * Whether the server's library was read, and agrees. If not, the stub sends nothing but answers until the server's first request has
   * been checked.
   */
  readonly confirmed: boolean;
  /** What an operator should know about the release. The log reports it once per load. */
  readonly notice?: { readonly warning: boolean; readonly text: string };
}

/**
 * Detects which release of python_backend started this process. The sources, the strongest first: what the operator has set; the
 * markers in the library that the server has loaded, made more exact by the version in the server's installation
 * (docs/internals/release-detection.md). If the library can be read, the operator's release must be of the library's variant.
 * @param libraries files that may be the server's library, the strongest candidate first
 * @param installation files in which the server's installation has its version
 * @param programFolder folder of this program
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
  if (given !== undefined) return checkGiven(given, library);
  if (library === undefined) {
    const file = join(programFolder, RELEASE_FILE);
    throw releaseUnknown(LIBRARY, tried, { variable: RELEASE_VARIABLE, file });
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
    `the server's installation says Triton ${named}, but its ${LIBRARY} belongs to ${variant}: treating the server as Triton ${variant}`,
  );
}

function checkGiven(given: GivenRelease, library: FoundLibrary | undefined): ServerRelease {
  const { release, source } = given;
  const server =
    release > NEWEST_RELEASE ? newer(`is ${release} according to ${source}`) : known(release);
  if (library === undefined) return { ...server, confirmed: false };
  if (library.variant === variantOfRelease(server.release)) return server;
  throw libraryOfAnotherRelease(given, library);
}

function known(release: string): ServerRelease {
  layoutOfRelease(release);
  if (isTried(release)) return { release, confirmed: true };
  const text = `the server is Triton ${release}: this backend was never tested with a real server of that release (docs/compatibility.md)`;
  return { release, confirmed: true, notice: { warning: false, text } };
}

function newer(what: string): ServerRelease {
  return warned(
    { release: NEWEST_RELEASE, confirmed: true },
    `this Triton server ${what}, which this backend does not know: treating it as Triton ${NEWEST_RELEASE}`,
  );
}

function warned(server: ServerRelease, text: string): ServerRelease {
  return { ...server, notice: { warning: true, text } };
}

function givenRelease(programFolder: string): GivenRelease | undefined {
  const file = join(programFolder, RELEASE_FILE);
  const variable = process.env[RELEASE_VARIABLE];
  const [text, source] = variable ? [variable, RELEASE_VARIABLE] : [readOperatorFile(file), file];
  if (text === undefined) return undefined;
  const given = { release: text.trim(), source };
  if (/^\d\d\.(0[1-9]|1[0-2])$/.test(given.release)) return given;
  throw notARelease(given);
}

/** The oldest release whose protocol is that of `release`. */
function variantOfRelease(release: string): string | undefined {
  const variants = [...MARKERS.map(({ variant }) => variant), NEWEST_VARIANT];
  return variants.filter((variant) => variant <= release).at(-1);
}
