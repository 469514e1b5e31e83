import { CONSTANT_EXPRESSION_MAX_BYTES } from "../../limits.js";
import type { Cursor } from "./cursor.js";
import { aboveLimit, malformed, refusedFeature } from "./module-errors.js";
import { skipHeapType } from "./value-type.js";

const END = 0x0b;
const GARBAGE_COLLECTION = 0xfb;
const SIMD = 0xfd;
const V128_CONST = 12;

/** Skips the operands of each instruction that a constant expression may have. */
const OPERANDS: ReadonlyMap<number, (cursor: Cursor) => void> = new Map([
  [END, () => {}],
  [0x23, (cursor) => void cursor.u32("the index of a global")],
  [0x41, (cursor) => cursor.skipSigned(32, "a constant")],
  [0x42, (cursor) => cursor.skipSigned(64, "a constant")],
  [0x43, (cursor) => cursor.skip(4, "a constant")],
  [0x44, (cursor) => cursor.skip(8, "a constant")],
  [0xd0, skipHeapType],
  [0xd2, (cursor) => void cursor.u32("the index of a function")],
  [SIMD, skipVector],
  // Addition, subtraction and multiplication of i32 and i64.
  ...[0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e].map((code) => [code, () => {}] as const),
]);

/** Skips the expression that initialises a global, a table or an element, or that gives the offset of a segment. V8 checks its types. */
export function skipConstantExpression(cursor: Cursor): void {
  const start = cursor.offset;
  while (skipInstruction(cursor) !== END) {
    const length = cursor.offset - start;
    if (length >= CONSTANT_EXPRESSION_MAX_BYTES) {
      throw aboveLimit(
        { offset: start, section: cursor.section },
        "bytes or more in a constant expression",
        length + 1,
        CONSTANT_EXPRESSION_MAX_BYTES,
      );
    }
  }
}

/** @returns the opcode */
function skipInstruction(cursor: Cursor): number {
  const code = cursor.byte("an instruction of a constant expression");
  if (code === GARBAGE_COLLECTION) {
    throw refusedFeature(
      cursor.placeOfLast(),
      "an object of garbage collection",
      "build without garbage collection types",
    );
  }
  const skipOperands = OPERANDS.get(code);
  if (skipOperands === undefined) {
    throw malformed(cursor.placeOfLast(), `instruction 0x${code.toString(16)} is not constant`);
  }
  skipOperands(cursor);
  return code;
}

function skipVector(cursor: Cursor): void {
  const place = cursor.place();
  const code = cursor.u32("the code of a vector instruction");
  if (code !== V128_CONST) throw malformed(place, `vector instruction ${code} is not constant`);
  cursor.skip(16, "a constant");
}
