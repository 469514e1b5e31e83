import { LAYOUTS } from "./wire/layouts/index.js";

export { BACKENDS } from "./cli/install/contents.js";
export { installBackend } from "./cli/install/install-backend.js";
export { type ErrorCode, StubError } from "./errors.js";

/** Releases of Triton Inference Server that the stub speaks with, oldest first. */
export const SUPPORTED_RELEASES: readonly string[] = LAYOUTS.flatMap(({ releases }) => releases);
