import { monotonicMs } from "../monotonic.js";

const WINDOW_MS = 1_000;

/** What {@link LogLimit.admit} says of a line: the first that is dropped in a second is worth a warning. */
export type Admission = "pass" | "first drop" | "drop";

/** Keeps a guest from flooding the server's log: so many lines and bytes a second, the rest is dropped. */
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

  /** @param bytes of the line @param now milliseconds of {@link monotonicMs} */
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
