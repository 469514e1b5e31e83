/**
 * A UTF-8 text in memory, as the host uses it. Comparing and copying it needs no String, so it neither allocates memory nor
 * converts the encoding.
 */
@final
export class Utf8 {
  constructor(
    readonly start: usize,
    readonly length: i32,
  ) {}

  equals(other: Utf8): bool {
    return this.holds(other.start, other.length);
  }

  /** Whether the text equals the `length` bytes at `start`. */
  holds(start: usize, length: i32): bool {
    return this.length == length && compareBytes(this.start, start, length) == 0;
  }

  /**
   * Whether the text equals this literal.
   * @param ascii ASCII text
   */
  is(ascii: string): bool {
    return this.length == ascii.length && this.startsWith(ascii);
  }

  /** @param ascii ASCII text */
  startsWith(ascii: string): bool {
    if (this.length < ascii.length) return false;
    for (let index = 0; index < ascii.length; index++) {
      if (load<u8>(this.start + index) != asciiAt(ascii, index)) return false;
    }
    return true;
  }

  /**
   * Compares the bytes, like std::string.
   * @returns negative, 0 or positive
   */
  compareTo(other: Utf8): i32 {
    const order = compareBytes(this.start, other.start, min(this.length, other.length));
    return order != 0 ? order : this.length - other.length;
  }

  /**
   * Returns the text after the first `count` bytes.
   * @param count at most the length
   */
  from(count: i32): Utf8 {
    return new Utf8(this.start + count, this.length - count);
  }

  /** A copy as a String. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}

/** Compares byte by byte: memory.compare, with steps of eight bytes, has more code than short names need. */
function compareBytes(left: usize, right: usize, count: i32): i32 {
  for (let index = 0; index < count; index++) {
    const difference = <i32>load<u8>(left + index) - <i32>load<u8>(right + index);
    if (difference != 0) return difference;
  }
  return 0;
}

/**
 * Returns a character of an ASCII text, with less code than charCodeAt.
 * @param index below the length
 */
export function asciiAt(ascii: string, index: i32): u8 {
  return load<u8>(changetype<usize>(ascii) + ((<usize>index) << 1));
}

/**
 * Converts a literal to UTF-8. Its memory is never freed.
 * @param ascii ASCII text
 */
export function utf8(ascii: string): Utf8 {
  const start = heap.alloc(ascii.length);
  for (let index = 0; index < ascii.length; index++)
    store<u8>(start + index, asciiAt(ascii, index));
  return new Utf8(start, ascii.length);
}

/**
 * Writes a character in UTF-8.
 * @returns the address after it
 */
export function writeCharacter(to: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  let tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  // 110xxxxx, 1110xxxx or 11110xxx, then 10xxxxxx for each further six bits.
  store<u8>(to++, <u8>((0xff00 >> (tail + 1)) | (code >> (6 * tail))));
  while (tail-- > 0) store<u8>(to++, <u8>(0x80 | ((code >> (6 * tail)) & 0x3f)));
  return to;
}
