import { StubError } from "../../errors.js";
import { OUTPUT_MAX_BYTES } from "../../limits.js";
import { shortened } from "../../text.js";
import { NN_ERRNO, type NnErrno } from "./abi.js";

const NAMES_SHOWN = 8;

/** A function of wasi-nn was refused. The guest gets the error number of `details`, and the log the sentence. */
function refused(errno: NnErrno, sentence: string): StubError {
  return new StubError("ERR_CALL_REFUSED", sentence, { errno });
}

/** @returns the error number of a refusal; of one that has none, the number of a runtime error */
export function errnoOf({ details: { errno } }: StubError): NnErrno {
  return (errno as NnErrno | undefined) ?? NN_ERRNO.runtimeError;
}

export function noGraphsFromBytes(): StubError {
  return refused(
    NN_ERRNO.unsupportedOperation,
    "load is not supported, because graphs of wasi-nn are models of the server: call load_by_name with a model's name",
  );
}

export function emptyGraphName(): StubError {
  return refused(NN_ERRNO.invalidArgument, "load_by_name needs the name of a graph");
}

export function noSuchModel(graph: string, model: string): StubError {
  return refused(
    NN_ERRNO.notFound,
    `graph '${shortened(graph)}' is model '${shortened(model)}', which is not ready in the server`,
  );
}

export function tooManyGraphs(allowed: number): StubError {
  return refused(NN_ERRNO.tooLarge, `a model may load at most ${allowed} graphs`);
}

export function unknownGraph(graph: number): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `graph ${graph} does not exist: load_by_name returns the numbers of graphs`,
  );
}

export function unknownContext(context: number): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `execution context ${context} does not exist, or was dropped because later ones needed its place`,
  );
}

export function tooManyContexts(allowed: number): StubError {
  return refused(
    NN_ERRNO.tooLarge,
    `a model may use at most ${allowed} execution contexts while it executes a batch`,
  );
}

export function unknownTensorType(type: number): StubError {
  return refused(NN_ERRNO.invalidArgument, `tensor type ${type} of wasi-nn does not exist`);
}

export function tooManyDimensions(rank: number, allowed: number): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `a tensor has ${rank} dimensions, above the limit of ${allowed}`,
  );
}

/** @param expected size in bytes */
export function dataOfAnotherSize(
  type: string,
  shape: readonly number[],
  length: number,
  expected: number,
): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `a tensor has ${length} bytes, but type ${type} and dimensions [${shortened(String(shape))}] need ${expected}`,
  );
}

/** @param what input or output */
export function noSuchIndex(what: string, graph: string, index: number, count: number): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `graph '${shortened(graph)}' has no ${what} ${index}: it has at most ${count}`,
  );
}

export function inputsTooLarge(bytes: number, allowed: number): StubError {
  return refused(
    NN_ERRNO.tooLarge,
    `the inputs of all execution contexts in use would have ${bytes} bytes, more than the ${allowed} of ${OUTPUT_MAX_BYTES.parameter}`,
  );
}

export function noMemoryForInput(bytes: number): StubError {
  return refused(NN_ERRNO.tooLarge, `there is no memory for an input of ${bytes} bytes`);
}

/** @param reason of the called model or of the server */
export function callFailed(errno: NnErrno, graph: string, reason: string): StubError {
  return refused(errno, `graph '${shortened(graph)}' failed: ${reason}`);
}

export function noAnswer(graph: string): StubError {
  return refused(NN_ERRNO.runtimeError, `graph '${shortened(graph)}' sent no response`);
}

export function notComputed(context: number): StubError {
  return refused(
    NN_ERRNO.invalidArgument,
    `execution context ${context} has no outputs: call compute first. Outputs are kept until triton_execute returns`,
  );
}

/** @param names of the outputs of the response */
export function noSuchOutput(
  graph: string,
  output: string,
  names: readonly string[],
  parameter: string,
): StubError {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `'${shortened(name)}'`);
  const list = shown.length === 0 ? "none" : shown.join(", ");
  return refused(
    NN_ERRNO.invalidArgument,
    `graph '${shortened(graph)}' returned no output '${shortened(output)}' (it returned ${list}): model parameter ` +
      `${shortened(parameter)} sets the names of its outputs`,
  );
}

export function bufferTooSmall(output: string, bytes: number, capacity: number): StubError {
  return refused(
    NN_ERRNO.tooLarge,
    `output '${shortened(output)}' has ${bytes} bytes, but the buffer of get_output has ${capacity}`,
  );
}
