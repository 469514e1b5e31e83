import { abi, datatypeName, LogLevel, logLine, RANK_MAX } from "../../sdk";
import { newLine } from "./line";
import { Pair } from "./pair";

/** Buffer for RANK_MAX dimensions. Further dimensions are omitted. */
const shape: usize = memory.data(8 * 64, 8);

/** Logs one line per request, with exactly the text of NVIDIA's backend, because operators filter by it. */
export function logRequest(request: i32, inputs: i32, outputs: i32): void {
  const line = newLine(
    'request {}: id = "{}", correlation_id = {}, input_count = {}, requested_output_count = {}',
  ).integer(request);
  line.written(abi.request_id(request, line.end, line.room));
  line.written(abi.request_correlation_id(request, line.end, line.room));
  logLine(LogLevel.Verbose, line.integer(inputs).integer(outputs));
}

/** Logs two lines per copied tensor. */
export function logPair(request: i32, pair: Pair, input: i32, byteSize: u32): void {
  const rank = min(abi.input_shape(request, input, shape, RANK_MAX), RANK_MAX);
  logLine(
    LogLevel.Verbose,
    newLine("\tinput {}: datatype = {}, shape = {}, byte_size = {}, buffer_count = {}")
      .text(pair.input)
      .ascii(datatypeName(abi.input_datatype(request, input)))
      .shape(shape, rank)
      .integer(byteSize)
      // The host has each input in one buffer, or in none if it is empty.
      .integer(byteSize > 0 ? 1 : 0),
  );
  logLine(LogLevel.Verbose, newLine("\trequested_output {}").text(pair.output));
}
