import { asciiAt, Utf8 } from "./utf8";

const LONGEST_INTEGER: i32 = 20; // "-9223372036854775808"
const MINUS: u8 = 0x2d;
const ZERO: u8 = 0x30;
const OPEN_BRACE: u8 = 0x7b;

const digits: usize = memory.data(20);

/** The host cuts off longer texts. */
export const TEXT_MAX_BYTES: i32 = 8192;

/**
 * Builds UTF-8 texts in a buffer, for log lines and errors:
 *
 *     writer.template("input {} has {} bytes").text(name).integer(20)
 *
 * Only the constructor allocates. Such guests never free memory, so a writer is created once and used for one text after the other. A text
 * above its capacity is cut off.
 */
@final
export class TextWriter {
  readonly start: usize;
  length: i32 = 0;
  private literal: string = "";
  /** Position in the literal after the last value. */
  private at: i32 = 0;

  /** @param capacity in bytes */
  constructor(private readonly capacity: i32) {
    this.start = heap.alloc(capacity);
  }

  /**
   * Begins a new text.
   * @param literal ASCII text; each `{}` is a place for a value
   */
  template(literal: string): TextWriter {
    this.length = 0;
    this.literal = literal;
    this.at = 0;
    return this.written(0);
  }

  text(value: Utf8): TextWriter {
    return this.bytes(value.start, value.length);
  }

  bytes(from: usize, length: i32): TextWriter {
    memory.copy(this.end, from, min(length, this.room));
    return this.written(length);
  }

  /** @param value ASCII text */
  ascii(value: string): TextWriter {
    for (let index = 0; index < value.length; index++) this.character(asciiAt(value, index));
    return this.written(0);
  }

  integer(value: i64): TextWriter {
    this.decimal(value);
    return this.written(0);
  }

  /**
   * Writes a shape as `[1,-1]`.
   * @param dimensions address of `rank` numbers of 8 bytes
   */
  shape(dimensions: usize, rank: i32): TextWriter {
    this.character(0x5b);
    for (let index = 0; index < rank; index++) {
      if (index > 0) this.character(0x2c);
      this.decimal(load<i64>(dimensions + ((<usize>index) << 3)));
    }
    this.character(0x5d);
    return this.written(0);
  }

  /** Address of the next value. A host function can write a value there directly; {@link written} then adds it. */
  get end(): usize {
    return this.start + this.length;
  }

  /** Number of free bytes at {@link end}. */
  get room(): i32 {
    return this.capacity - this.length;
  }

  /**
   * Adds a value that was written at {@link end}.
   * @param length length of the whole value, even if it was cut off
   */
  written(length: i32): TextWriter {
    this.length += min(length, this.room);
    // Write the literal up to its next value. In a separate function, the optimizer would copy this loop to every caller.
    const literal = this.literal;
    let at = this.at;
    let character: u8 = 0;
    while (at < literal.length && (character = asciiAt(literal, at)) != OPEN_BRACE) {
      this.character(character);
      at++;
    }
    this.at = at + 2;
    return this;
  }

  private decimal(value: i64): void {
    // As u64, the smallest i64 has a positive counterpart as well.
    let rest: u64 = value < 0 ? 0 - <u64>value : <u64>value;
    let at = LONGEST_INTEGER;
    do {
      store<u8>(digits + --at, ZERO + <u8>(rest % 10));
      rest /= 10;
    } while (rest != 0);
    if (value < 0) store<u8>(digits + --at, MINUS);
    const length = min(LONGEST_INTEGER - at, this.room);
    memory.copy(this.end, digits + at, length);
    this.length += length;
  }

  private character(code: u8): void {
    if (this.length < this.capacity) store<u8>(this.start + this.length++, code);
  }
}
