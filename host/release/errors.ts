import { StubError } from "../errors.js";
import { NEWEST_RELEASE } from "../wire/supported.js";

/** @param contradiction what was expected and what was found instead */
export function wrongRelease(release: string, contradiction: string): StubError {
  return new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `this server does not match Triton ${release}: ${contradiction}. Nothing was written. ` +
      "If the release is set by hand (TRITON_WASM_RELEASE, or the file triton-release in the backend's folder), correct it; " +
      "otherwise this server is not supported",
    { release, contradiction },
  );
}

/**
 * @param library name of the file that was looked for
 * @param tried the files, each with the reason why it did not serve
 */
export function releaseUnknown(
  library: string,
  tried: readonly string[],
  { variable, file }: { readonly variable: string; readonly file: string },
): StubError {
  return new StubError(
    "ERR_RELEASE_UNKNOWN",
    `cannot detect the release of the Triton server: no ${library} was readable; tried ${tried.join(", ") || "nothing"}. ` +
      `Set ${variable}=YY.MM in the server's environment, or write the release into the file ${file}`,
    { tried },
  );
}

/** A release that the operator has set. */
export interface GivenRelease {
  /** `YY.MM` */
  readonly release: string;
  /** The variable or the file that it is from. */
  readonly source: string;
}

/** Structs of another variant would make the server read from wrong places: from 24.06 on it crashes at the first response. */
export function libraryOfAnotherRelease(
  { release, source }: GivenRelease,
  library: { readonly path: string; readonly variant: string },
): StubError {
  return new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `${source} says Triton ${release}, but the server runs ${library.path}, which belongs to Triton ${library.variant}: ` +
      `remove ${source}, which is only for servers whose library cannot be read`,
    { release, source, library: library.path, variant: library.variant },
  );
}

export function notARelease({ release, source }: GivenRelease): StubError {
  return new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `${source} says '${release}', which is not a Triton release: use YY.MM, for example ${NEWEST_RELEASE}`,
    { release, source },
  );
}
