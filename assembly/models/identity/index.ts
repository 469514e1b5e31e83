/**
 * The identity model: OUTPUT<k> is INPUT<k>, for every requested output. Pairs are found by the text behind the prefix,
 * as NVIDIA's identity_backend (r23.12) does. No tensor byte passes through this module's memory.
 */
import { input_count, input_name, output_copy_input, output_count, output_name, request_count, response_error } from "../../sdk/env";
import { ErrorCode } from "../../sdk/error-code";

/** Names longer than this are compared up to here; Triton's own names are far shorter. */
const NAME_CAPACITY: i32 = 256;
const OUTPUT_PREFIX_LENGTH: i32 = 6; // "OUTPUT"
const INPUT_PREFIX_LENGTH: i32 = 5; // "INPUT"
const OK: i32 = 0;

const outputName: usize = memory.data(256);
const inputName: usize = memory.data(256);
/** "failed to get input 'INPUT" + suffix + "'" */
const message: usize = memory.data(512);

/** Copies the inputs of each request to the outputs that it asks for. */
export function triton_execute(): i32 {
  const requests = request_count();
  for (let request = 0; request < requests; request++) executeRequest(request);
  return OK;
}

function executeRequest(request: i32): void {
  const outputs = output_count(request);
  for (let output = 0; output < outputs; output++) {
    const length = output_name(request, output, outputName, NAME_CAPACITY);
    const input = findInput(request, output, min(length, NAME_CAPACITY));
    if (input < 0) {
      refuse(request, min(length, NAME_CAPACITY));
      return;
    }
    if (output_copy_input(request, output, input) != OK) return;
  }
}

/** The input whose name ends as the output's does; position in the lists says nothing. */
function findInput(request: i32, output: i32, length: i32): i32 {
  const inputs = input_count(request);
  // Clients mostly name both in the same order.
  if (output < inputs && isPair(request, output, length)) return output;
  for (let input = 0; input < inputs; input++) {
    if (isPair(request, input, length)) return input;
  }
  return -1;
}

function isPair(request: i32, input: i32, outputLength: i32): bool {
  const suffix = outputLength - OUTPUT_PREFIX_LENGTH;
  if (suffix < 0) return false;
  const length = input_name(request, input, inputName, NAME_CAPACITY);
  if (length != INPUT_PREFIX_LENGTH + suffix) return false;
  return memory.compare(inputName + INPUT_PREFIX_LENGTH, outputName + OUTPUT_PREFIX_LENGTH, suffix) == 0;
}

function refuse(request: i32, outputLength: i32): void {
  const suffix = max(outputLength - OUTPUT_PREFIX_LENGTH, 0);
  let end = writeText(message, "failed to get input 'INPUT");
  memory.copy(end, outputName + OUTPUT_PREFIX_LENGTH, suffix);
  end = writeText(end + suffix, "'");
  response_error(request, ErrorCode.Unsupported, message, <i32>(end - message));
}

/** Writes an ASCII text. @returns the position behind it */
function writeText(at: usize, text: string): usize {
  for (let index = 0; index < text.length; index++) store<u8>(at + index, <u8>text.charCodeAt(index));
  return at + text.length;
}
