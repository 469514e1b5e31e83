import { monotonicMs } from "./monotonic.js";

/** Nothing ever wakes a sleeper but time. */
const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));
const SHORTEST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;
/** A pause is this part of the time waited so far, so a wait ends at most that part too late. */
const PAUSE_PART = 8;

/** Blocks this thread. @param milliseconds need not be whole */
export function pause(milliseconds: number): void {
  Atomics.wait(NEVER_CHANGES, 0, 0, milliseconds);
}

/**
 * Waits until another process has done something that this one can only see by looking.
 * @param polls number of looks before the first pause
 * @param timeoutMs need not be whole
 * @returns the last result of `isDone`
 */
export function waitUntil(
  isDone: () => boolean,
  polls: number,
  timeoutMs = Number.POSITIVE_INFINITY,
): boolean {
  for (let poll = 0; poll < polls; poll++) if (isDone()) return true;
  const start = monotonicMs();
  for (let waited = 0; waited < timeoutMs; waited = monotonicMs() - start) {
    const next = Math.min(Math.max(waited / PAUSE_PART, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    pause(Math.min(next, timeoutMs - waited));
    if (isDone()) return true;
  }
  return false;
}
