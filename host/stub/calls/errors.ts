import { StubError } from "../../errors.js";
import { CALL_DEADLINE_MS, CALLS_MAX, OUTPUT_MAX_BYTES } from "../../limits.js";
import { shortened } from "../../text.js";
import { DATATYPES } from "../../wire/datatypes.js";

export function tooManyCalls(allowed: number): StubError {
  return refused(
    `model parameter ${CALLS_MAX.parameter} allows ${allowed} calls in flight: wait for the answer to one of them first`,
    { allowed },
  );
}

export function tooManyOpenCalls(allowed: number): StubError {
  return refused(`${allowed} calls are open: close those that are answered`, { allowed });
}

export function tooDeep(model: string, allowed: number): StubError {
  return refused(
    `model '${shortened(model)}' cannot be called: ${allowed} calls have led to this request, and no more are allowed. Does a model call itself?`,
    { model, allowed },
  );
}

export function tooManyItems(what: string, allowed: number): StubError {
  return argument(`the model adds more than ${allowed} ${what} to a call`);
}

export function textsTooLong(allowed: number): StubError {
  return argument(
    `the names, ids and parameters of the calls of one batch have more than ${allowed} characters`,
  );
}

export function callInputsTooLarge(bytes: number, allowed: number): StubError {
  return refused(
    `the inputs of all open calls would have ${bytes} bytes, more than the ${allowed} of ${OUTPUT_MAX_BYTES.parameter}`,
    { bytes, allowed },
  );
}

/** @param reason of the region */
export function noRoomForCall(reason: string): StubError {
  return refused(reason, {});
}

/** The error of calls that are given up. */
export function waitedTooLong(model: string, deadlineMs: number): string {
  return (
    `the call of model '${shortened(model)}' was given up: while it executes a batch, a model may wait ${deadlineMs} ms for other ` +
    `models (model parameter ${CALL_DEADLINE_MS.parameter})`
  );
}

export function inputTwice(name: string): StubError {
  return argument(`the model adds input '${shortened(name)}' to a call twice`);
}

export function emptyName(what: string): StubError {
  return argument(`the model adds ${what} without a name to a call`);
}

export function sentTwice(): StubError {
  return argument("the model sends a call twice: create another call");
}

export function changedAfterSend(): StubError {
  return argument("the model changes a call after it was sent: create another call");
}

export function notSent(): StubError {
  return argument("the model waits for a call that it has not sent: call call_send first");
}

export function noResponse(): StubError {
  return argument("the model reads the response of a call that has none: call call_wait first");
}

/** @param expected bytes that datatype and shape need; NaN when there is no such datatype */
export function wrongInputSize(
  name: string,
  { datatype, shape }: { readonly datatype: number; readonly shape: readonly number[] },
  bytes: number,
  expected: number,
): StubError {
  const type = DATATYPES[datatype]?.name;
  const added = `the model adds input '${shortened(name)}' to a call with`;
  return argument(
    type === undefined
      ? `${added} datatype ${datatype}, which does not exist`
      : `${added} ${bytes} bytes, but datatype ${type} and shape [${shape}] need ${expected}`,
  );
}

/** @param fault what is wrong */
export function malformedInput(name: string, fault: string): StubError {
  return argument(
    `the model adds input '${shortened(name)}' to a call with malformed data of datatype BYTES: ${fault}`,
  );
}

export function noTextCorrelationIds(): StubError {
  return refused(
    "this release of Triton has no correlation ids of type string: 24.04 and later have them",
    {},
  );
}

/** @param reason of the server */
export function modelNotChanged(what: string, name: string, reason: string): StubError {
  return refused(`model '${shortened(name)}' was not ${what}: ${reason}`, { name });
}

/** @param max number of responses that are kept */
export function lostResponses(max: number): string {
  return `responses of this stream were dropped: more than ${max} came before the first response to another call, and up to 25.03 Triton does not name the stream of an error`;
}

function refused(sentence: string, details: Readonly<Record<string, unknown>>): StubError {
  return new StubError("ERR_CALL_REFUSED", sentence, details);
}

function argument(sentence: string): StubError {
  return new StubError("ERR_GUEST_ARGUMENT", sentence);
}
