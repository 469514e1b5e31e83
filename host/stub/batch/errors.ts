import { StubError } from "../../errors.js";
import {
  BATCH_PARAMETERS_MAX_LENGTH,
  OUTPUT_MAX_BYTES,
  RESPONSE_PARAMETERS_MAX,
  STREAM_DEADLINE_MS,
} from "../../limits.js";
import { DATATYPES } from "../../wire/datatypes.js";

/** An output of a request, by its places and as {@link BatchRequests.describeOutput} describes it. */
export interface OutputPlace {
  readonly request: number;
  readonly output: number;
  readonly description: string;
}

export function outputTwice(place: OutputPlace): StubError {
  return outputError(place, `the model creates ${place.description} twice`);
}

/** @param expected bytes that datatype and shape need; NaN when there is no such datatype */
export function wrongOutputSize(
  place: OutputPlace,
  { datatype, shape }: { readonly datatype: number; readonly shape: readonly number[] },
  bytes: number,
  expected: number,
): StubError {
  const name = DATATYPES[datatype]?.name;
  const created = `the model creates ${place.description} with`;
  return outputError(
    place,
    name === undefined
      ? `${created} datatype ${datatype}, which does not exist`
      : `${created} ${bytes} bytes, but datatype ${name} and shape [${shape}] need ${expected}`,
  );
}

export function zerosWithoutSize(place: OutputPlace, datatype: number): StubError {
  const name = DATATYPES[datatype]?.name ?? datatype;
  return outputError(
    place,
    `the model creates ${place.description} by output_zero with datatype ${name}, whose elements have no fixed size`,
  );
}

export function writtenBeforeCreated(place: OutputPlace): StubError {
  return outputError(
    place,
    `the model writes ${place.description} before it creates it: call output_create first`,
  );
}

/** @param end first byte behind what the model writes */
export function writtenBeyondEnd(place: OutputPlace, bytes: number, end: number): StubError {
  return outputError(
    place,
    `the model writes ${place.description} up to byte ${end}, but creates it with ${bytes} bytes`,
  );
}

export function finishedRequest(request: number): StubError {
  return requestError(
    request,
    `the model uses the response of request ${request}, whose last response was sent: call no function of its response after response_finish`,
  );
}

/** @param call name of the host function */
export function notDecoupled(request: number, call: string): StubError {
  return requestError(
    request,
    `the model calls ${call} for request ${request}, but it is not decoupled: set model_transaction_policy { decoupled: true } in its ` +
      "configuration, or let triton_execute return, which sends one response",
  );
}

export function rescheduledRequest(request: number): StubError {
  return requestError(
    request,
    `the model reschedules request ${request}, which has a response or is kept: reschedule a request before its first response`,
  );
}

export function answersRescheduled(request: number, call: string): StubError {
  return requestError(
    request,
    `the model calls ${call} for request ${request}, which it has rescheduled: the server executes the request again, so answer it then`,
  );
}

/** The error of a request that the guest keeps too long. */
export function streamOverdue(deadlineMs: number): string {
  return (
    `the model did not finish the request within its ${STREAM_DEADLINE_MS.parameter} of ${deadlineMs} ms: call response_finish in time, ` +
    "or raise the limit"
  );
}

export function tooManyParameters(request: number): StubError {
  return new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model sets more than ${RESPONSE_PARAMETERS_MAX} parameters of the response to request ${request}`,
    { request },
  );
}

export function parametersTooLong(request: number): StubError {
  return new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model sets response parameters with more than ${BATCH_PARAMETERS_MAX_LENGTH} characters in one batch`,
    { request },
  );
}

/**
 * The error of a request whose output does not fit the limit.
 * @param counted bytes of all outputs of the batch with this one
 */
export function outputsTooLarge(
  description: string,
  bytes: number,
  counted: number,
  allowed: number,
): string {
  return (
    `${description} with ${bytes} bytes is too large: the outputs of the batch would count ${counted} bytes, more than the ` +
    `${allowed} of ${OUTPUT_MAX_BYTES.parameter} or of the inputs, whichever is larger (an element counts at least 4)`
  );
}

/**
 * The error of a request whose output of datatype BYTES is not a list of elements.
 * @param fault what is wrong
 */
export function malformedBytes(description: string, fault: string): string {
  return `${description} has malformed data of datatype BYTES: ${fault}`;
}

function requestError(request: number, sentence: string): StubError {
  return new StubError("ERR_GUEST_ARGUMENT", sentence, { request });
}

function outputError({ request, output }: OutputPlace, sentence: string): StubError {
  return new StubError("ERR_GUEST_OUTPUT", sentence, { request, output });
}
