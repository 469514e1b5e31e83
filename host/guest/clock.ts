import { StubError } from "../errors.js";

const WALL = 0;
const MONOTONIC = 1;
const NANOSECONDS = 1_000_000n;

/**
 * A guest's clock, in steps of a millisecond: fine enough for logs and time-outs, too coarse to measure a cache.
 * @param which 0: since 1970, 1: monotonic
 * @returns nanoseconds
 */
export function readClock(which: number): bigint {
  if (which === WALL) return BigInt(Date.now()) * NANOSECONDS;
  if (which === MONOTONIC) return BigInt(Math.trunc(performance.now())) * NANOSECONDS;
  throw new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model reads clock ${which}: it must be 0, since 1970, or 1, monotonic`,
    { which },
  );
}
