import { StubError } from "../errors.js";

const NANOSECONDS = 1_000_000n;

/**
 * A clock in milliseconds, read as nanoseconds. Within one millisecond it returns the last BigInt again: creating one is most of the
 * cost.
 */
class Ticks {
  private milliseconds = 0;
  private nanoseconds = 0n;

  constructor(private readonly now: () => number) {}

  read(): bigint {
    const milliseconds = this.now();
    if (milliseconds !== this.milliseconds) {
      this.milliseconds = milliseconds;
      this.nanoseconds = BigInt(milliseconds) * NANOSECONDS;
    }
    return this.nanoseconds;
  }
}

const WALL = new Ticks(() => Date.now());
const MONOTONIC = new Ticks(() => Math.trunc(performance.now()));

/**
 * Reads a clock for a guest, in steps of a millisecond: fine enough for logs and time-outs, too coarse for cache timing attacks.
 * @param which 0: since 1970, 1: monotonic
 * @returns nanoseconds
 */
export function readClock(which: number): bigint {
  if (which === 0) return WALL.read();
  if (which === 1) return MONOTONIC.read();
  throw new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model read clock ${which}: use 0 (time since 1970) or 1 (monotonic)`,
    { which },
  );
}
