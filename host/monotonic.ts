/**
 * Milliseconds of the machine's monotonic clock: one clock for all threads and processes, which no step of the wall clock
 * moves. Node's `performance.now()` begins anew in each thread.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
