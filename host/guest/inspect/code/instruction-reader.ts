import { Cursor } from "../cursor.js";
import { malformed, type Place } from "../module-errors.js";
import { isValueType, readValueType } from "../value-type.js";
import {
  BYTE,
  BYTES_4,
  BYTES_8,
  BYTES_16,
  COSTLY_NUMBER,
  MEMORY,
  MEMORY_LANE,
  NUMBER,
  ONE_BYTE,
  PLAIN,
  TWO_NUMBERS,
} from "./opcodes.js";

const SECTION = "code section";
/** Bit of an alignment: the index of a memory follows. */
const HAS_MEMORY_INDEX = 0x40;
const NO_VALUE = 0x40;
/** Block types are signed numbers. The lowest one that is defined means "no value". */
const LEAST_BLOCK_TYPE = -0x40;

/** Reads the instructions of one function body after the other, and counts the height of the stack. */
export class InstructionReader {
  at = 0;
  height = 0;
  private end = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Moves to the first instruction of a body that ends at `end`. */
  begin(at: number, end: number): void {
    this.at = at;
    this.end = end;
    this.height = 0;
  }

  get atEnd(): boolean {
    return this.at === this.end;
  }

  /**
   * Skips instructions that only compute, up to and including the opcode of the next other instruction. This loop reads every byte of a
   * module, so it creates no objects and calls no functions. In unreachable code the height may become too low; V8 compiles none of it.
   * @returns the opcode of the other instruction; its operands are not read yet
   */
  next(): number {
    const { bytes, end } = this;
    const { forms, deltas } = ONE_BYTE;
    let { at, height } = this;
    while (at < end) {
      const code = bytes[at++]!;
      const form = forms[code]!;
      if (form === NUMBER) {
        while (at < end && bytes[at++]! >= 0x80);
      } else if (form === MEMORY && at < end && !(bytes[at]! & HAS_MEMORY_INDEX)) {
        while (at < end && bytes[at++]! >= 0x80);
        while (at < end && bytes[at++]! >= 0x80);
      } else if (form === BYTES_4) at += 4;
      else if (form === BYTES_8) at += 8;
      else if (form !== PLAIN) {
        this.at = at;
        this.height = height;
        return code;
      }
      height += deltas[code]!;
    }
    throw this.truncated();
  }

  /** Skips the operands of an instruction of this form. */
  pass(form: number): void {
    if (form === NUMBER || form === COSTLY_NUMBER) this.passNumber();
    else if (form === MEMORY) this.passMemory();
    else if (form === BYTE) this.skip(1);
    else if (form === BYTES_16) this.skip(16);
    else if (form === TWO_NUMBERS) {
      this.passNumber();
      this.passNumber();
    } else if (form === MEMORY_LANE) {
      this.passMemory();
      this.skip(1);
    }
  }

  private passMemory(): void {
    const alignment = this.byte();
    this.at -= 1;
    this.passNumber();
    if (alignment & HAS_MEMORY_INDEX) this.passNumber();
    this.passNumber();
  }

  private passNumber(): void {
    while (this.byte() >= 0x80);
  }

  byte(): number {
    if (this.at >= this.end) throw this.truncated();
    return this.bytes[this.at++]!;
  }

  private skip(length: number): void {
    if (length > this.end - this.at) throw this.truncated();
    this.at += length;
  }

  /** Reads an unsigned 32-bit number. The engine checks that the bits above are zero. */
  u32(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 0x80; factor <= 2 ** 28; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw malformed(this.place(5), "an operand is not a 32-bit number");
  }

  /** Reads an index below `size`. */
  index(what: string, size: number): number {
    const { at } = this;
    const index = this.u32();
    if (index < size) return index;
    throw malformed(
      this.place(this.at - at),
      `${what} index ${index} is out of range (count ${size})`,
    );
  }

  /** @returns the index of a block's type; -1 for a block with one result only, -2 for a block without results and parameters */
  blockType(types: number): number {
    const { at } = this;
    const first = this.byte();
    if (first === NO_VALUE) return -2;
    if (isValueType(first)) return -1;
    if (first > NO_VALUE && first < 0x80) this.fail(at);
    let value = first & 0x7f;
    let factor = 0x80;
    let last = first;
    for (; last >= 0x80 && factor <= 2 ** 28; factor *= 0x80) {
      last = this.byte();
      value += (last & 0x7f) * factor;
    }
    const negative = (last & 0x40) !== 0;
    if (negative && value - factor === LEAST_BLOCK_TYPE) return -2;
    if (!negative && last < 0x80 && value < types) return value;
    throw malformed(
      this.place(this.at - at),
      `type ${value} of a block is out of range (count ${types})`,
    );
  }

  /** @throws StubError that describes what is wrong with the value type at `at` */
  private fail(at: number): never {
    readValueType(this.cursorAt(at));
    throw malformed(this.place(this.at - at), "the type of a block is invalid");
  }

  /** A cursor at `at`, for operands that are too rare for a fast path here. */
  cursorAt(at: number): Cursor {
    return new Cursor(this.bytes, at, this.end, SECTION);
  }

  /** @param back number of bytes before the next byte */
  place(back: number): Place {
    return { offset: this.at - back, section: SECTION };
  }

  truncated(): Error {
    const place = { offset: this.end, section: SECTION };
    return malformed(place, "a function body ends in the middle of its code");
  }
}
