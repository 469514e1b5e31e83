import { StubError } from "../errors.js";
import { GUEST_TEXT_MAX_BYTES } from "../limits.js";
import type { GuestPointer } from "../numbers.js";
import { decodeText, printable, printableLogLine, wholeCharacters } from "../text.js";

/** A guest's private memory. Pointers are untrusted: each is checked against the current size. */
export class GuestMemory {
  private readonly memory: WebAssembly.Memory;
  private current: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.current = new Uint8Array(memory.buffer);
  }

  /** All bytes. Valid until the guest runs again: growing detaches the buffer. */
  bytes(): Uint8Array {
    if (this.current.buffer !== this.memory.buffer) {
      this.current = new Uint8Array(this.memory.buffer);
    }
    return this.current;
  }

  /**
   * Checks a range. The pointer of an empty range is ignored: some compilers pass any number there.
   * @param pointer signed or unsigned
   * @param what describes the range for an error; a function is called only then
   * @returns the unsigned pointer
   * @throws StubError ERR_GUEST_POINTER unless [pointer, pointer + length) lies in the memory
   */
  checkRange(pointer: number, length: number, what: string | (() => string)): GuestPointer {
    const size = this.bytes().length;
    const at = pointer >>> 0;
    if (length > 0 && at + length > size) {
      const description = typeof what === "string" ? what : what();
      throw new StubError(
        "ERR_GUEST_POINTER",
        `the model passed ${description} at ${at} with ${length} bytes, beyond its memory of ${size} bytes`,
        { what: description, pointer: at, length, size },
      );
    }
    return at as GuestPointer;
  }

  /**
   * Reads UTF-8 text without changes.
   * @param limit its greatest size in bytes
   * @throws StubError ERR_GUEST_ARGUMENT when the text is longer
   */
  text(pointer: number, length: number, what: string, limit = GUEST_TEXT_MAX_BYTES): string {
    const at = this.checkRange(pointer, length, what);
    if (length > limit) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model passed ${what} of ${length} bytes, above the limit of ${limit}`,
        { what, length, limit },
      );
    }
    return decodeText(this.bytes().slice(at, at + length));
  }

  /** Reads UTF-8 text, cut off at {@link GUEST_TEXT_MAX_BYTES}. Control characters become blanks, so the text is one line. */
  line(pointer: number, length: number, what: string): string {
    return printable(this.beginning(pointer, length, what));
  }

  /** Like {@link line}, but with tabs. */
  logLine(pointer: number, length: number, what: string): string {
    return printableLogLine(this.beginning(pointer, length, what));
  }

  private beginning(pointer: number, length: number, what: string): string {
    const at = this.checkRange(pointer, length, what);
    if (length <= GUEST_TEXT_MAX_BYTES) {
      return decodeText(this.bytes().slice(at, at + length));
    }
    const bytes = this.bytes().slice(at, at + GUEST_TEXT_MAX_BYTES);
    return decodeText(bytes.subarray(0, wholeCharacters(bytes, bytes.length)));
  }
}
