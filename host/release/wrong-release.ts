import { StubError } from "../errors.js";

/** @param contradiction what was expected and what was seen instead */
export function wrongRelease(release: string, contradiction: string): StubError {
  return new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `the server does not speak as Triton ${release} does: ${contradiction}. Nothing was written; ` +
      "if the release is given by hand (TRITON_WASM_RELEASE, or the file triton-release in the backend's folder), correct it, " +
      "else this server is not supported",
    { release, contradiction },
  );
}
