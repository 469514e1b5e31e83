import { StubError } from "../../errors.js";
import type { Layout } from "../layout.js";
import { LAYOUTS } from "../layouts/index.js";

const SUPPORTED: readonly string[] = LAYOUTS.flatMap(({ releases }) => releases);

export const OLDEST_RELEASE = SUPPORTED[0]!;
export const NEWEST_RELEASE = SUPPORTED.at(-1)!;

/** Those whose real server the tests run against (test/triton/releases, docs/compatibility.md). */
const PROVEN: readonly string[] = [
  ...["23.10", "23.12", "24.01", "24.02", "24.03", "24.04"],
  ...["24.05", "24.06", "24.07", "24.08", "24.09", "24.10"],
];

export function isProven(release: string): boolean {
  return PROVEN.includes(release);
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
