import { datatypeName } from "../../sdk/datatype";
import { LogLevel, logLine } from "../../sdk/log";
import {
  input_datatype,
  input_shape,
  request_correlation_id,
  request_id,
} from "../../sdk/triton_v1";
import { newLine } from "./line";
import { Pair } from "./pair";

/** Dimensions beyond these are left out. */
const RANK_MAX: i32 = 64;
const shape: usize = memory.data(512, 8);

/** One line per request, to the letter that of NVIDIA's backend: people filter by it. */
export function logRequest(request: i32, inputs: i32, outputs: i32): void {
  const line = newLine(
    'request {}: id = "{}", correlation_id = {}, input_count = {}, requested_output_count = {}',
  ).integer(request);
  line.written(request_id(request, line.end, line.room));
  line.written(request_correlation_id(request, line.end, line.room));
  logLine(LogLevel.Verbose, line.integer(inputs).integer(outputs));
}

/** Two lines per copied tensor. */
export function logPair(request: i32, pair: Pair, input: i32, byteSize: u32): void {
  const rank = min(input_shape(request, input, shape, RANK_MAX), RANK_MAX);
  logLine(
    LogLevel.Verbose,
    newLine("\tinput {}: datatype = {}, shape = {}, byte_size = {}, buffer_count = {}")
      .text(pair.input)
      .ascii(datatypeName(input_datatype(request, input)))
      .shape(shape, rank)
      .integer(byteSize)
      // The host has every input in one piece, if it has any bytes.
      .integer(byteSize > 0 ? 1 : 0),
  );
  logLine(LogLevel.Verbose, newLine("\trequested_output {}").text(pair.output));
}
