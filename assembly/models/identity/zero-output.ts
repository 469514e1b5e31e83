import { abi, Datatype, ErrorCode, elementBytes, respondError } from "../../sdk";
import { logFailure, NO_OUTPUT_BUFFER } from "./failures";
import { newLine } from "./line";
import { Pair } from "./pair";
import { Zeros } from "./zeros";

const OK: i32 = 0;
/** The byte size of a tensor has 32 bits. */
const TENSOR_MAX_BYTES: u64 = u32.MAX_VALUE;

/** Buffer for dimension 0 of an input; no further dimensions are read. */
const dimension: usize = memory.data(8, 8);

/**
 * Creates the output for an optional input that the request does not have.
 * @returns false when the request has failed
 */
export function answerZeros(
  batching: bool,
  request: i32,
  output: i32,
  pair: Pair,
  zeros: Zeros,
  inputs: i32,
): bool {
  if (batching) {
    if (inputs == 0) return refuseWithoutBatch(request, pair);
    zeros.batchSize = batchSize(request);
  }
  if (zeros.datatype == Datatype.Bytes) return refuseBytes(request, pair);
  const shape = zeros.shape(batching);
  const rank = zeros.rank(batching);
  if (!isPossible(zeros.datatype, shape, rank)) return refuseShape(request, pair, shape, rank);
  if (abi.output_zero(request, output, zeros.datatype, shape, rank) == OK) return true;
  logFailure(request, NO_OUTPUT_BUFFER);
  return false;
}

/** Returns the batch size of the request's first input; it is 1 for an input without dimensions. */
function batchSize(request: i32): i64 {
  return abi.input_shape(request, 0, dimension, 1) > 0 ? load<i64>(dimension) : 1;
}

/** Checks the shape here, because the host would fail the whole batch for an impossible shape. */
function isPossible(datatype: i32, shape: usize, rank: i32): bool {
  let bytes: u64 = elementBytes(datatype);
  for (let index = 0; index < rank; index++) {
    // As an unsigned number, a negative dimension is very large. The product of two 32-bit numbers fits in 64 bits.
    const size = load<u64>(shape + ((<usize>index) << 3));
    if (size > TENSOR_MAX_BYTES) return false;
    bytes *= size;
    if (bytes > TENSOR_MAX_BYTES) return false;
  }
  return true;
}

function refuseWithoutBatch(request: i32, pair: Pair): bool {
  respondError(
    request,
    ErrorCode.InvalidArg,
    newLine(
      "out of bounds index 0: the request has no input from which '{}' could take its batch size",
    ).text(pair.output),
  );
  logFailure(request, "failed to read input");
  return false;
}

function refuseBytes(request: i32, pair: Pair): bool {
  respondError(
    request,
    ErrorCode.Unsupported,
    newLine(
      "failed to get optional input '{}': its type BYTES has no zero value of known size",
    ).text(pair.input),
  );
  logFailure(request, NO_OUTPUT_BUFFER);
  return false;
}

function refuseShape(request: i32, pair: Pair, shape: usize, rank: i32): bool {
  respondError(
    request,
    ErrorCode.InvalidArg,
    newLine("failed to create '{}' of zeros: no tensor can have the shape {}")
      .text(pair.output)
      .shape(shape, rank),
  );
  logFailure(request, NO_OUTPUT_BUFFER);
  return false;
}
