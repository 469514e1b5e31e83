import { ok } from "node:assert";

/** Far above what any input of this size takes, as the machine has others to serve. */
const TIME_LIMIT_MS = 50;

/**
 * Runs an action that must not take long, and may be run again. Tries once more before it complains: the machine may have
 * been busy.
 */
export function inTime<T>(action: () => T): T {
  const start = performance.now();
  const first = action();
  if (performance.now() - start <= TIME_LIMIT_MS) return first;
  const again = performance.now();
  const second = action();
  const took = performance.now() - again;
  ok(took <= TIME_LIMIT_MS, `it took ${took} ms`);
  return second;
}
