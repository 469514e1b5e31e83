import { Datatype, elementBytes } from "./datatype";

/** Size of the length before each element of BYTES. */
const LENGTH_BYTES: i64 = 4;
/** The largest dimension that the host accepts for an output. */
const DIMENSION_MAX: u64 = (1 << 53) - 1;

/** Whether two shapes are equal. */
export function sameShape(one: StaticArray<i64>, other: StaticArray<i64>): bool {
  if (one.length != other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (unchecked(one[index]) != unchecked(other[index])) return false;
  }
  return true;
}

/** Formats a shape as `[1, -1]`. */
export function shapeText(shape: StaticArray<i64>): string {
  let text = "[";
  for (let index = 0; index < shape.length; index++) {
    if (index > 0) text += ", ";
    text += `${unchecked(shape[index])}`;
  }
  return `${text}]`;
}

/** Number of elements; 1 for a shape without dimensions. Returns i64.MAX_VALUE for larger numbers and for a negative dimension. */
export function elementCount(shape: StaticArray<i64>): i64 {
  let count: i64 = 1;
  for (let index = 0; index < shape.length; index++) {
    const dimension = unchecked(shape[index]);
    if (dimension < 0) return i64.MAX_VALUE;
    // It does not stop at the maximum: a later dimension of 0 makes the number of elements 0.
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
