import { Datatype, elementBytes } from "./datatype";

/** Bytes of the length before each element of BYTES. */
const LENGTH_BYTES: i64 = 4;
/** The host refuses an output with a larger dimension. */
const DIMENSION_MAX: u64 = (1 << 53) - 1;

/** Whether two shapes are equal. */
export function sameShape(one: StaticArray<i64>, other: StaticArray<i64>): bool {
  if (one.length != other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (unchecked(one[index]) != unchecked(other[index])) return false;
  }
  return true;
}

/** The shape in the form `[1, -1]`. */
export function shapeText(shape: StaticArray<i64>): string {
  let text = "[";
  for (let index = 0; index < shape.length; index++) {
    if (index > 0) text += ", ";
    text += `${unchecked(shape[index])}`;
  }
  return `${text}]`;
}

/** Number of elements: 1 for no dimensions, i64.MAX_VALUE for larger numbers and for a negative dimension. */
export function elementCount(shape: StaticArray<i64>): i64 {
  let count: i64 = 1;
  for (let index = 0; index < shape.length; index++) {
    const dimension = unchecked(shape[index]);
    if (dimension < 0) return i64.MAX_VALUE;
    // The loop continues after an overflow, because a later dimension of zero makes the number zero.
    count = dimension > 0 && count > i64.MAX_VALUE / dimension ? i64.MAX_VALUE : count * dimension;
  }
  return count;
}

/** Whether a tensor of this shape and datatype can have `byteSize` bytes of data. */
export function fits(shape: StaticArray<i64>, datatype: i32, byteSize: u32): bool {
  for (let index = 0; index < shape.length; index++) {
    if (<u64>unchecked(shape[index]) > DIMENSION_MAX) return false;
  }
  const count = elementCount(shape);
  if (datatype == Datatype.Bytes) return count <= <i64>byteSize / LENGTH_BYTES;
  const size = elementBytes(datatype);
  return size > 0 && byteSize % size == 0 && count == <i64>byteSize / size;
}
