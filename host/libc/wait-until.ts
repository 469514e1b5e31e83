import { monotonicMs } from "../monotonic.js";
import { pause } from "../pause.js";
import { libc } from "./library.js";

const SHORTEST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;
/** A pause is this part of the time waited so far, so a wait ends at most that part too late. */
const PAUSE_PART = 8;

const yieldProcessor = libc.func("int sched_yield()");

/**
 * Waits until another process has done something that this one can only see by looking. Between the looks without a pause, any other thread
 * that wants the processor gets it: on a machine with few processors, that may be the thread of the server which is waited for.
 * @param polls number of looks before the first pause, each of about a microsecond
 * @param timeoutMs need not be whole
 * @returns the last result of `isDone`
 */
export function waitUntil(
  isDone: () => boolean,
  polls: number,
  timeoutMs = Number.POSITIVE_INFINITY,
): boolean {
  for (let poll = 0; poll < polls; poll++) {
    if (isDone()) return true;
    yieldProcessor();
  }
  const start = monotonicMs();
  for (let waited = 0; waited < timeoutMs; waited = monotonicMs() - start) {
    const next = Math.min(Math.max(waited / PAUSE_PART, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    pause(Math.min(next, timeoutMs - waited));
    if (isDone()) return true;
  }
  return false;
}
