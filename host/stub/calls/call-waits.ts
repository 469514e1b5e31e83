import { monotonicMs } from "../../monotonic.js";
import { pause } from "../../pause.js";
import type { CallPause } from "../../sandbox/call-timer.js";

/** Polls before the first pause, which takes about as long as these polls. */
const POLLS = 200;
const FIRST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;

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
      return poll(isDone, start + longestMs);
    } finally {
      this.pause.resume();
      this.waitedMs += monotonicMs() - start;
    }
  }
}

function poll(isDone: () => boolean, end: number): boolean {
  for (let poll = 0; poll < POLLS; poll++) if (isDone()) return true;
  for (let time = FIRST_PAUSE_MS; monotonicMs() < end; ) {
    pause(Math.min(time, end - monotonicMs()));
    if (isDone()) return true;
    time = Math.min(2 * time, LONGEST_PAUSE_MS);
  }
  return false;
}
