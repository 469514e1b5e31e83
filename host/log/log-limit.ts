import { monotonicMs } from "../monotonic.js";

const WINDOW_MS = 1_000;

/** Whether a line may pass. "first drop" is the first dropped line of a second: the caller logs a warning for it. */
export type Admission = "pass" | "first drop" | "drop";

/** Limits lines and bytes per second, so that a guest cannot flood the server's log. */
export class LogLimit {
  private readonly maxLines: number;
  private readonly maxBytes: number;
  private windowStart = Number.NEGATIVE_INFINITY;
  private lines = 0;
  private bytes = 0;
  private dropped = false;

  constructor(maxLines: number, maxBytes: number) {
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
  }

  /**
   * @param bytes length of the line
   * @param now milliseconds of {@link monotonicMs}
   */
  admit(bytes: number, now = monotonicMs()): Admission {
    if (now - this.windowStart >= WINDOW_MS) {
      this.windowStart = now;
      this.lines = 0;
      this.bytes = 0;
      this.dropped = false;
    }
    this.lines += 1;
    this.bytes += bytes;
    if (this.lines <= this.maxLines && this.bytes <= this.maxBytes) return "pass";
    if (this.dropped) return "drop";
    this.dropped = true;
    return "first drop";
  }
}
