import { abi, Datatype, ErrorCode, elementBytes, respondError } from "../../sdk";
import { logFailure, NO_OUTPUT_BUFFER } from "./failures";
import { newLine } from "./line";
import { Pair } from "./pair";
import { Zeros } from "./zeros";

const OK: i32 = 0;
/** The byte size of a tensor has 32 bits. */
const TENSOR_MAX_BYTES: u64 = u32.MAX_VALUE;

/** Dimension 0 of an input: no more is read. */
const dimension: usize = memory.data(8, 8);

/** Makes the output of an optional input that the request does not bring. @returns false when the request has failed */
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

/** That of the request's first input; one without dimensions counts as 1. */
function batchSize(request: i32): i64 {
  return abi.input_shape(request, 0, dimension, 1) > 0 ? load<i64>(dimension) : 1;
}

/** Checked here because the host fails the whole batch for a shape that cannot be. */
function isPossible(datatype: i32, shape: usize, rank: i32): bool {
  let bytes: u64 = elementBytes(datatype);
  for (let index = 0; index < rank; index++) {
    // A negative one is a very large one when it has no sign; the product of two of 32 bits fits.
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
      "out of bounds index 0: the request has no input whose batch size '{}' could take",
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
    newLine("failed to make '{}' of zeros: no tensor has the shape {}")
      .text(pair.output)
      .shape(shape, rank),
  );
  logFailure(request, NO_OUTPUT_BUFFER);
  return false;
}
