import { GUEST_TEXT_MAX_BYTES } from "../../limits.js";
import { decodeText, printableLogLine, wholeCharacters } from "../../text.js";

const NEWLINE = 0x0a;

/** Splits what a guest writes to standard output or error into lines. */
export class LineWriter {
  private readonly write: (line: string) => void;
  private readonly buffer = new Uint8Array(GUEST_TEXT_MAX_BYTES);
  private length = 0;

  /** @param write receives each line, without its end */
  constructor(write: (line: string) => void) {
    this.write = write;
  }

  /** Appends bytes. A line above {@link GUEST_TEXT_MAX_BYTES} becomes several lines. */
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

  /** Ends the current line, if it has any bytes. */
  flush(): void {
    if (this.length > 0) this.put(this.length);
  }

  /** Writes the first `end` bytes as a line; the rest begins the next line. */
  private put(end: number): void {
    const line = decodeText(this.buffer.slice(0, end));
    this.buffer.copyWithin(0, end, this.length);
    this.length -= end;
    this.write(printableLogLine(line));
  }
}
