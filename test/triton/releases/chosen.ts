import { TRITON_RELEASES } from "../../support/triton/releases.js";

/** One release of each way in which servers behave differently, and the one that most tests use. */
const IN_EVERY_RUN: readonly string[] = ["23.12", "24.04", "24.06", "24.08", "24.10"];

export const ALL_RELEASES: readonly string[] = TRITON_RELEASES.map(({ release }) => release);

/** Those that this run checks: all with TRITON_RELEASES=all, as `npm run test:releases` sets it. */
export function chosenReleases(): readonly string[] {
  return process.env.TRITON_RELEASES === "all" ? ALL_RELEASES : IN_EVERY_RUN;
}
