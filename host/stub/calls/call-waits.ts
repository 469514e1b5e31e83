import { waitUntil } from "../../libc/wait-until.js";
import { monotonicMs } from "../../monotonic.js";
import type { CallPause } from "../../sandbox/call-timer.js";

/** Looks for an answer before the first pause. */
const POLLS = 1_000;

/** The waits of a guest for other models. The deadline of its batch does not run meanwhile. */
export class CallWaits {
  private readonly pause: CallPause;
  private waitedMs = 0;

  constructor(pause: CallPause) {
    this.pause = pause;
  }

  /** Called at the end of a batch. */
  reset(): void {
    this.waitedMs = 0;
  }

  /** Whether the guest may not wait any more in this batch. */
  isExhausted(allowedMs: number): boolean {
    return this.waitedMs >= allowedMs;
  }

  /**
   * Waits.
   * @param isDone polled at least once
   * @param allowedMs maximum of all waits of the batch together
   * @returns the last result of `isDone`
   */
  until(isDone: () => boolean, timeoutMs: number, allowedMs: number): boolean {
    if (isDone()) return true;
    const longestMs = Math.min(timeoutMs, allowedMs - this.waitedMs);
    if (longestMs <= 0) return false;
    const start = monotonicMs();
    this.pause.suspend();
    try {
      return waitUntil(isDone, POLLS, longestMs);
    } finally {
      this.pause.resume();
      this.waitedMs += monotonicMs() - start;
    }
  }
}
