import { abi, ErrorCode, respondError } from "../../sdk";
import { logFailure, logMissingInput, NO_OUTPUT_BUFFER } from "./failures";
import { Identity } from "./identity";
import { newLine } from "./line";
import { NAME_MAX_BYTES, OUTPUT_PREFIX } from "./names";
import { Pair } from "./pair";
import { setParameters } from "./response-parameters";
import { logPair, logRequest } from "./verbose";
import { answerZeros } from "./zero-output";

const OK: i32 = 0;
const TEXT: i32 = 1;

/** Bytes of the inputs that this batch copies, including copies that failed. */
let inputBytes: u64 = 0;

/** Answers each request separately. Host calls dominate the cost, so it makes as few as possible. */
export function executeBatch(model: Identity): void {
  if (model.delayMs > 0) abi.sleep(model.delayMs);
  inputBytes = 0;
  const requests = abi.request_count();
  for (let request = 0; request < requests; request++) executeRequest(model, request);
  if (inputBytes > 0) model.counter!.add(<f64>inputBytes);
}

/** Answers one request with outputs and parameters, or with an error. */
export function executeRequest(model: Identity, request: i32): void {
  if (answerOutputs(model, request)) setParameters(request);
}

/** @returns false when the request has failed */
function answerOutputs(model: Identity, request: i32): bool {
  const inputs = abi.input_count(request);
  const outputs = abi.output_count(request);
  if (abi.request_correlation_id_type(request) == TEXT) {
    respondError(
      request,
      ErrorCode.InvalidArg,
      newLine("correlation ID in request is not an unsigned int"),
    );
    logFailure(request, "failed to read request input/output counts");
    return false;
  }
  if (model.verbose) logRequest(request, inputs, outputs);
  model.pairing.startRequest(request, inputs);
  for (let output = 0; output < outputs; output++) {
    if (!answerOutput(model, request, output, inputs)) return false;
  }
  return true;
}

function answerOutput(model: Identity, request: i32, output: i32, inputs: i32): bool {
  const pairing = model.pairing;
  const pair = pairing.pairOf(output);
  // Triton refuses an output that is not in the configuration before the request reaches a model.
  if (pair == null)
    return refuseOutput(request, pairing.name, min(pairing.nameLength, NAME_MAX_BYTES));
  const input = pairing.inputOf(pair);
  if (input >= 0) return copy(model, request, output, pair, input);
  const zeros = pair.zeros;
  if (zeros != null) return answerZeros(model.batching, request, output, pair, zeros, inputs);
  return refuseOutput(request, pair.output.start, pair.output.length);
}

function copy(model: Identity, request: i32, output: i32, pair: Pair, input: i32): bool {
  const size = abi.input_byte_size(request, input);
  if (model.verbose) logPair(request, pair, input, size);
  inputBytes += size;
  if (abi.output_copy_input(request, output, input) == OK) return true;
  logFailure(request, NO_OUTPUT_BUFFER);
  return false;
}

/** @param name address of the output's name */
function refuseOutput(request: i32, name: usize, length: i32): bool {
  const prefix = min(length, OUTPUT_PREFIX.length);
  respondError(
    request,
    ErrorCode.Unsupported,
    newLine("failed to get input 'INPUT{}'").bytes(name + prefix, length - prefix),
  );
  logMissingInput(request, name + prefix, length - prefix);
  return false;
}
