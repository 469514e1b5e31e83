import { StubError } from "../errors.js";
import { TENSOR_MAX_RANK } from "../limits.js";
import type { Border } from "./border.js";

const DIMENSION_BYTES = 8;

/** @returns size in bytes of a shape of `rank` dimensions; exact, and beyond 32 bits for a huge rank */
export function shapeBytes(rank: number): number {
  return (rank >>> 0) * DIMENSION_BYTES;
}

/**
 * Reads the shape of an output from the guest's memory.
 * @param pointer address of `rank` signed 64-bit numbers
 * @param what describes the output; called only for an error
 * @throws StubError ERR_GUEST_OUTPUT for a rank or a dimension that is out of range, ERR_GUEST_POINTER
 */
export function readShape(
  border: Border,
  pointer: number,
  rank: number,
  what: () => string,
): number[] {
  const count = rank >>> 0;
  if (count > TENSOR_MAX_RANK) {
    throw new StubError(
      "ERR_GUEST_OUTPUT",
      `the model creates ${what()} with ${count} dimensions, above the limit of ${TENSOR_MAX_RANK}`,
      { rank: count },
    );
  }
  if (count === 0) return [];
  const at = border.wideRange(pointer, shapeBytes(count), () => `the shape of ${what()}`);
  const { bytes } = border;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const shape: number[] = [];
  for (let index = 0; index < count; index++) {
    const dimension = view.getBigInt64(index * DIMENSION_BYTES, true);
    if (dimension < 0n || dimension > Number.MAX_SAFE_INTEGER) {
      throw new StubError(
        "ERR_GUEST_OUTPUT",
        `the model creates ${what()} with the dimension ${dimension} at index ${index}: it must be from 0 to ${Number.MAX_SAFE_INTEGER}`,
        { index, dimension },
      );
    }
    shape.push(Number(dimension));
  }
  return shape;
}
