import type { Cursor } from "./cursor.js";
import { malformed, type Place, refusedFeature } from "./module-errors.js";

/** The letter for exnref, the type of a caught exception. */
export const EXCEPTION = "e";

const LETTERS: ReadonlyMap<number, string> = new Map([
  [0x7f, "i"],
  [0x7e, "I"],
  [0x7d, "f"],
  [0x7c, "F"],
  [0x7b, "v"],
  [0x70, "r"],
  [0x6f, "r"],
  [0x69, EXCEPTION],
]);

/** Reference types of the proposals for garbage collection, typed functions and stack switching, and the two-part reference types. */
const OTHER_REFERENCES: ReadonlyMap<number, string> = new Map([
  [0x75, "nocontref"],
  [0x74, "nullexnref"],
  [0x73, "nullfuncref"],
  [0x72, "nullexternref"],
  [0x71, "nullref"],
  [0x6e, "anyref"],
  [0x6d, "eqref"],
  [0x6c, "i31ref"],
  [0x6b, "structref"],
  [0x6a, "arrayref"],
  [0x68, "contref"],
  [0x67, "stringref"],
  [0x64, "ref"],
  [0x63, "ref null"],
]);

/** @returns the letter of a value type */
export function readValueType(cursor: Cursor): string {
  const code = cursor.byte("the type of a value");
  const letter = LETTERS.get(code);
  if (letter !== undefined) return letter;
  const place = cursor.placeOfLast();
  const reference = OTHER_REFERENCES.get(code);
  if (reference !== undefined) throw refusedReference(place, `the reference type ${reference}`);
  throw malformed(place, `unknown value type 0x${code.toString(16)}`);
}

/** Whether a byte is a value type that this backend accepts. */
export function isValueType(code: number): boolean {
  return LETTERS.has(code);
}

/**
 * Reads the type of the entries of a table or an element segment. V8 accepts number types in segments, which the standard does not allow.
 */
export function readReferenceType(cursor: Cursor): "funcref" | "externref" {
  const code = cursor.peek();
  const letter = readValueType(cursor);
  if (letter === EXCEPTION) {
    throw refusedFeature(
      cursor.placeOfLast(),
      "elements of the type exnref",
      "keep caught exceptions in locals or globals: a table of them could fill the engine's memory",
    );
  }
  if (letter !== "r") {
    throw refusedReference(cursor.placeOfLast(), "elements that are not references");
  }
  return code === 0x70 ? "funcref" : "externref";
}

/** Skips the operand of `ref.null`. */
export function skipHeapType(cursor: Cursor): void {
  const code = cursor.byte("the type of a null reference");
  if (code !== 0x70 && code !== 0x6f && code !== 0x69) {
    throw refusedReference(
      cursor.placeOfLast(),
      "a null reference of another type than funcref, externref and exnref",
    );
  }
}

function refusedReference(place: Place, feature: string): Error {
  return refusedFeature(
    place,
    feature,
    "use funcref, externref and exnref only, build without garbage collection and typed function references",
  );
}
