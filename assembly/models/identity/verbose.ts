import { abi, datatypeName, LogLevel, logLine, RANK_MAX } from "../../sdk";
import { newLine } from "./line";
import { Pair } from "./pair";

/** Room for RANK_MAX dimensions: those beyond are left out. */
const shape: usize = memory.data(8 * 64, 8);

/** One line per request, to the letter that of NVIDIA's backend: people filter by it. */
export function logRequest(request: i32, inputs: i32, outputs: i32): void {
  const line = newLine(
    'request {}: id = "{}", correlation_id = {}, input_count = {}, requested_output_count = {}',
  ).integer(request);
  line.written(abi.request_id(request, line.end, line.room));
  line.written(abi.request_correlation_id(request, line.end, line.room));
  logLine(LogLevel.Verbose, line.integer(inputs).integer(outputs));
}

/** Two lines per copied tensor. */
export function logPair(request: i32, pair: Pair, input: i32, byteSize: u32): void {
  const rank = min(abi.input_shape(request, input, shape, RANK_MAX), RANK_MAX);
  logLine(
    LogLevel.Verbose,
    newLine("\tinput {}: datatype = {}, shape = {}, byte_size = {}, buffer_count = {}")
      .text(pair.input)
      .ascii(datatypeName(abi.input_datatype(request, input)))
      .shape(shape, rank)
      .integer(byteSize)
      // The host has every input in one piece, if it has any bytes.
      .integer(byteSize > 0 ? 1 : 0),
  );
  logLine(LogLevel.Verbose, newLine("\trequested_output {}").text(pair.output));
}
