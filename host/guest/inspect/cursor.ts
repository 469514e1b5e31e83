import { MODULE_NAME_MAX_BYTES } from "../../limits.js";
import { aboveLimit, malformed, type Place } from "./module-errors.js";

/** Reads names as V8 does: it replaces no bytes, and a byte order mark is part of the name. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one section, or the whole file, forwards and never beyond its end. */
export class Cursor implements Place {
  /** @param section name of what the bytes up to `end` are, for errors */
  constructor(
    readonly bytes: Uint8Array,
    public offset: number,
    readonly end: number,
    readonly section: string,
  ) {}

  get left(): number {
    return this.end - this.offset;
  }

  /** @returns the next byte, which stays unread; undefined at the end */
  peek(): number | undefined {
    return this.offset < this.end ? this.bytes[this.offset] : undefined;
  }

  byte(what: string): number {
    const value = this.peek();
    if (value === undefined) throw malformed(this, `it ends before ${what}`);
    this.offset += 1;
    return value;
  }

  /** Reads an unsigned LEB128 number of at most five bytes. Bits above the 32nd must be zero. */
  u32(what: string): number {
    const start = this.offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte(what);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && value < 2 ** 32) return value;
      if (byte < 0x80) break;
    }
    throw malformed({ ...this.place(), offset: start }, `${what} is not a 32-bit number`);
  }

  /** Skips a signed LEB128 number. Bits above the last one must be copies of its sign. */
  skipSigned(bits: 32 | 64, what: string): void {
    const start = this.offset;
    const lastShift = Math.floor((bits - 1) / 7) * 7;
    for (let shift = 0; shift < lastShift; shift += 7) {
      if (this.byte(what) < 0x80) return;
    }
    const signBit = 1 << (bits - lastShift - 1);
    const last = this.byte(what);
    const above = last & 0x7f & -signBit;
    if (last < 0x80 && (above === 0 || above === (0x7f & -signBit))) return;
    throw malformed({ ...this.place(), offset: start }, `${what} is not a ${bits}-bit number`);
  }

  /** Skips `length` bytes. */
  skip(length: number, what: string): void {
    if (length > this.left) throw this.truncated(length, what);
    this.offset += length;
  }

  /** @returns a cursor over the next `length` bytes, which this cursor skips */
  part(length: number, section: string): Cursor {
    const start = this.offset;
    this.skip(length, `the ${section}`);
    return new Cursor(this.bytes, start, start + length, section);
  }

  /** Reads how many items follow: at most `max`, each of at least `bytesEach` bytes. */
  count(what: string, max: number, bytesEach = 1): number {
    const place = this.place();
    const count = this.u32(`the number of ${what}`);
    if (count * bytesEach > this.left) {
      throw malformed(place, `${count} ${what} do not fit in the ${this.left} bytes left`);
    }
    if (count > max) throw aboveLimit(place, what, count, max);
    return count;
  }

  /** Reads an index below `size`. */
  index(what: string, size: number): number {
    const place = this.place();
    const index = this.u32(`the index of a ${what}`);
    if (index >= size)
      throw malformed(place, `${what} index ${index} is out of range (count ${size})`);
    return index;
  }

  name(what: string): string {
    const place = this.place();
    const length = this.u32(`the length of ${what}`);
    if (length > this.left) throw this.truncated(length, what);
    if (length > MODULE_NAME_MAX_BYTES) {
      throw aboveLimit(place, `bytes in ${what}`, length, MODULE_NAME_MAX_BYTES);
    }
    const encoded = this.bytes.subarray(this.offset, (this.offset += length));
    try {
      return UTF8.decode(encoded);
    } catch {
      throw malformed(place, `${what} is not valid UTF-8`);
    }
  }

  /** @throws StubError when bytes are left */
  finish(): void {
    if (this.left > 0) throw malformed(this, `${this.left} bytes are left after its contents`);
  }

  /** The place of the next byte. */
  place(): Place {
    return { offset: this.offset, section: this.section };
  }

  /** The place of the byte that was read last. This costs less than noting the place of each byte before it is read. */
  placeOfLast(): Place {
    return { offset: this.offset - 1, section: this.section };
  }

  private truncated(length: number, what: string): Error {
    return malformed(this, `${what} has ${length} bytes, but only ${this.left} are left`);
  }
}
