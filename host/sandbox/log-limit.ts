const WINDOW_MS = 1_000;

/** What {@link LogLimit.admit} says of a line: the first that is dropped in a second is worth a warning. */
export type Admission = "pass" | "first drop" | "drop";

/** Keeps a guest from flooding the server's log: so many lines and bytes a second, the rest is dropped. */
export class LogLimit {
  private readonly maxLines: number;
  private readonly maxBytes: number;
  private windowStart = 0;
  private lines = 0;
  private bytes = 0;
  private dropped = false;

  constructor(maxLines: number, maxBytes: number) {
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
  }

  /** @param bytes of the line @param now milliseconds */
  admit(bytes: number, now = Date.now()): Admission {
    // A clock that is set back begins a new second, too.
    if (now - this.windowStart >= WINDOW_MS || now < this.windowStart) {
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
