import { unsupportedRelease } from "./errors.js";
import type { Layout } from "./layout.js";
import { LAYOUTS } from "./layouts/index.js";

const SUPPORTED: readonly string[] = LAYOUTS.flatMap(({ releases }) => releases);

export const NEWEST_RELEASE = SUPPORTED.at(-1)!;

/** Releases whose wire format was not tested with a real server: PyPI has no server of them, and none was built (docs/compatibility.md). */
const UNTRIED: readonly string[] = ["23.11"];

/** Whether a real server with the wire format of `release` was tested. */
export function isTried(release: string): boolean {
  return !UNTRIED.includes(release);
}

/**
 * The layout of `release`.
 * @throws StubError ERR_RELEASE_UNSUPPORTED when it is not supported
 */
export function layoutOfRelease(release: string): Layout {
  const layout = LAYOUTS.find(({ releases }) => releases.includes(release));
  if (layout !== undefined) return layout;
  throw unsupportedRelease(release, SUPPORTED);
}
