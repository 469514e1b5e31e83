import { StubError } from "../errors.js";
import type { Layout } from "./layout.js";
import { LAYOUTS } from "./layouts/index.js";

const SUPPORTED: readonly string[] = LAYOUTS.flatMap(({ releases }) => releases);

export const OLDEST_RELEASE = SUPPORTED[0]!;
export const NEWEST_RELEASE = SUPPORTED.at(-1)!;

/** Those whose wire format no real server has been tried with: PyPI has none, and none was built (docs/compatibility.md). */
const UNTRIED: readonly string[] = ["23.11"];

/** Whether a real server has been tried that speaks as `release` does. */
export function isTried(release: string): boolean {
  return !UNTRIED.includes(release);
}

/**
 * The layout that `release` writes.
 * @throws StubError ERR_RELEASE_UNSUPPORTED, naming the release and what is supported
 */
export function layoutOfRelease(release: string): Layout {
  const layout = LAYOUTS.find(({ releases }) => releases.includes(release));
  if (layout !== undefined) return layout;
  throw new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `Triton release ${release} is not supported by this WebAssembly backend, which speaks ${OLDEST_RELEASE} to ${NEWEST_RELEASE}`,
    { release, supported: SUPPORTED },
  );
}
