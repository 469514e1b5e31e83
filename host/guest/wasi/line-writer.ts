import { GUEST_TEXT_MAX_BYTES } from "../../limits.js";
import { decodeText, printableLogLine, wholeCharacters } from "../../text.js";

const NEWLINE = 0x0a;

/** Makes lines of what a guest writes to standard output or error, piece by piece. */
export class LineWriter {
  private readonly write: (line: string) => void;
  private readonly buffer = new Uint8Array(GUEST_TEXT_MAX_BYTES);
  private length = 0;

  /** @param write takes a line, without its end */
  constructor(write: (line: string) => void) {
    this.write = write;
  }

  /** Takes bytes of the guest's memory. A line longer than a text of a guest may be becomes several. */
  push(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline < 0 ? bytes.length : newline;
      const taken = bytes.subarray(from, Math.min(end, from + this.buffer.length - this.length));
      this.buffer.set(taken, this.length);
      this.length += taken.length;
      from += taken.length;
      if (from === newline) {
        this.put(this.length);
        from += 1;
      } else if (this.length === this.buffer.length) {
        this.put(wholeCharacters(this.buffer, this.length));
      }
    }
  }

  /** Ends the line that has been begun, if any. */
  flush(): void {
    if (this.length > 0) this.put(this.length);
  }

  /** Writes the first `end` bytes as a line; the rest begins the next one. */
  private put(end: number): void {
    const line = decodeText(this.buffer.slice(0, end));
    this.buffer.copyWithin(0, end, this.length);
    this.length -= end;
    this.write(printableLogLine(line));
  }
}
