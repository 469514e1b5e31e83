import { TENSOR_MAX_RANK } from "../../limits.js";
import type { GuestPointer } from "../../numbers.js";
import type { Border } from "../border.js";
import { TENSOR_TYPES } from "./abi.js";
import { dataOfAnotherSize, tooManyDimensions, unknownTensorType } from "./errors.js";

/** Bytes of a tensor's record: dimensions (address, number), type (one byte), data (address, bytes). */
const RECORD_BYTES = 20;
const DIMENSION_BYTES = 4;

/** A tensor in the guest's memory. */
export interface GuestTensor {
  /** Number of TRITONSERVER_DataType. */
  readonly datatype: number;
  readonly shape: readonly number[];
  /** Where its data is; not meaningful without bytes. */
  readonly at: GuestPointer;
  readonly length: number;
}

/**
 * Reads the record of a tensor (`$tensor` of the standard).
 * @throws StubError ERR_GUEST_POINTER for a place outside of the memory; a refusal of errors.ts when type, dimensions and data do not fit
 */
export function readTensor(border: Border, pointer: number): GuestTensor {
  const { bytes } = border;
  const at = border.range(pointer, RECORD_BYTES, "a tensor of wasi-nn");
  const record = new DataView(bytes.buffer, bytes.byteOffset + at, RECORD_BYTES);
  const shape = readDimensions(border, record.getUint32(0, true), record.getUint32(4, true));
  const number = record.getUint8(8);
  const type = TENSOR_TYPES[number];
  if (type === undefined) throw unknownTensorType(number);
  const length = record.getUint32(16, true);
  const dataAt = border.range(record.getUint32(12, true), length, "the data of a tensor");
  const expected = sizeOf(shape, type.bytes);
  if (expected !== length) throw dataOfAnotherSize(type.name, shape, length, expected);
  return { datatype: type.datatype, shape, at: dataAt, length };
}

function readDimensions(border: Border, pointer: number, rank: number): number[] {
  if (rank > TENSOR_MAX_RANK) throw tooManyDimensions(rank, TENSOR_MAX_RANK);
  if (rank === 0) return [];
  const { bytes } = border;
  const at = border.wideRange(pointer, rank * DIMENSION_BYTES, "the dimensions of a tensor");
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, rank * DIMENSION_BYTES);
  return Array.from({ length: rank }, (_, index) => view.getUint32(index * DIMENSION_BYTES, true));
}

/** @returns size in bytes; inexact beyond 2^53, which is far above the size of any memory */
function sizeOf(shape: readonly number[], elementBytes: number): number {
  // A product of large numbers and 0 would not be a number.
  if (shape.includes(0)) return 0;
  return shape.reduce((product, dimension) => product * dimension, elementBytes);
}
