import { StubError } from "../errors.js";
import { GUEST_TEXT_MAX_BYTES } from "../limits.js";
import { decodeText, printable, printableLogLine, wholeCharacters } from "../text.js";

/** A guest's private memory, seen from outside. Pointers are untrusted: each is checked against the size of now. */
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
   * Where there are no bytes the pointer says nothing: some languages have any number there.
   * @throws StubError ERR_GUEST_POINTER unless [pointer, pointer + length) lies in the memory
   */
  requireRange(pointer: number, length: number, what: string): void {
    const size = this.bytes().length;
    if (length > 0 && pointer + length > size) {
      throw new StubError(
        "ERR_GUEST_POINTER",
        `the model passed ${what} at ${pointer} with ${length} bytes, beyond its memory of ${size} bytes`,
        { what, pointer, length, size },
      );
    }
  }

  /** UTF-8 text as it is. @param limit bytes @throws StubError ERR_GUEST_ARGUMENT when it is longer */
  text(pointer: number, length: number, what: string, limit = GUEST_TEXT_MAX_BYTES): string {
    this.requireRange(pointer, length, what);
    if (length > limit) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model passed ${what} of ${length} bytes, above the limit of ${limit}`,
        { what, length, limit },
      );
    }
    return decodeText(this.bytes().slice(pointer, pointer + length));
  }

  /** UTF-8 text, cut off at {@link GUEST_TEXT_MAX_BYTES}; control characters are replaced, so one text is one line. */
  line(pointer: number, length: number, what: string): string {
    return printable(this.beginning(pointer, length, what));
  }

  /** As {@link line}, but tabs stay. */
  logLine(pointer: number, length: number, what: string): string {
    return printableLogLine(this.beginning(pointer, length, what));
  }

  private beginning(pointer: number, length: number, what: string): string {
    this.requireRange(pointer, length, what);
    if (length <= GUEST_TEXT_MAX_BYTES) {
      return decodeText(this.bytes().slice(pointer, pointer + length));
    }
    const bytes = this.bytes().slice(pointer, pointer + GUEST_TEXT_MAX_BYTES);
    return decodeText(bytes.subarray(0, wholeCharacters(bytes, bytes.length)));
  }
}
