import { ok } from "node:assert";

/** Far above what most inputs take, as the machine has others to serve. */
const TIME_LIMIT_MS = 50;

/**
 * Runs an action that must not take long, and may be run again. Tries once more before it complains: the machine may have
 * been busy.
 */
export function inTime<T>(action: () => T, limitMs = TIME_LIMIT_MS): T {
  const start = performance.now();
  const first = action();
  if (performance.now() - start <= limitMs) return first;
  const again = performance.now();
  const second = action();
  const took = performance.now() - again;
  ok(took <= limitMs, `it took ${took} ms`);
  return second;
}
