/**
 * A `struct timespec` for libc's timed calls: absolute, CLOCK_REALTIME, as Boost.Interprocess uses it on the other side.
 * One per thread is enough, for every timed call is synchronous.
 */
export const deadlineTimespec = new BigInt64Array(2);

/** Fills {@link deadlineTimespec} with now + `timeoutMs`. */
export function setDeadline(timeoutMs: number): void {
  const at = Date.now() + timeoutMs;
  const seconds = Math.floor(at / 1000);
  deadlineTimespec[0] = BigInt(seconds);
  deadlineTimespec[1] = BigInt(Math.floor((at - seconds * 1000) * 1e6));
}
