import { monotonicMs } from "../monotonic.js";
import { pause } from "../pause.js";
import { libc } from "./library.js";

const SHORTEST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;
/** A pause is this part of the time since the first pause, so a wait ends at most that part too late. */
const PAUSE_PART = 8;
/**
 * So long this thread looks without a pause. A look takes microseconds, but milliseconds if others want the processor; then pauses are better,
 * since a thread that wakes up gets the processor soon.
 */
const LOOKS_MAX_MS = 5;

const yieldProcessor = libc.func("int sched_yield()");

/**
 * Waits until another process has done something that this one can only see by looking. Between the looks without a pause, it yields the
 * processor to other threads of its scheduling group, for example of its container. With few processors, one of them may be the thread that is
 * waited for.
 * @param polls maximum number of looks before the first pause, each of about a microsecond on an idle machine
 * @param timeoutMs need not be whole
 * @returns the last result of `isDone`
 */
export function waitUntil(
  isDone: () => boolean,
  polls: number,
  timeoutMs = Number.POSITIVE_INFINITY,
): boolean {
  const start = monotonicMs();
  const looksMs = Math.min(LOOKS_MAX_MS, timeoutMs);
  let waited = 0;
  for (let poll = 0; poll < polls && waited < looksMs; poll++) {
    if (isDone()) return true;
    yieldProcessor();
    waited = monotonicMs() - start;
  }
  const looked = waited;
  while (waited < timeoutMs) {
    const next = Math.min(
      Math.max((waited - looked) / PAUSE_PART, SHORTEST_PAUSE_MS),
      LONGEST_PAUSE_MS,
    );
    pause(Math.min(next, timeoutMs - waited));
    if (isDone()) return true;
    waited = monotonicMs() - start;
  }
  return isDone();
}
