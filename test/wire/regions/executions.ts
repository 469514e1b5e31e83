import { expect } from "@jest/globals";
import { NO_HANDLE } from "../../../host/numbers.js";
import { TRITON_ERROR } from "../../../host/wire/error-codes.js";
import type { RequestRecord } from "../../../host/wire/records/request.js";
import type { ResponseRecord } from "../../../host/wire/records/response.js";
import { type Opened, regionOf } from "./opened.js";

/** Names of `TRITONSERVER_Error_Code`, as clients of gRPC see them. */
const CODES = new Map([
  ["INTERNAL", TRITON_ERROR.internal],
  ["NOT_FOUND", TRITON_ERROR.notFound],
  ["INVALID_ARG", TRITON_ERROR.invalidArg],
  ["UNAVAILABLE", TRITON_ERROR.unavailable],
]);
/** TRITONSERVER_REQUEST_RELEASE_RESCHEDULE */
const RESCHEDULE = 2;

/** A request as NVIDIA's stub or a client described it. */
export function describeRequest(one: Opened, request: RequestRecord) {
  const attributes = one.dialect.requests.attributes(one.reader, request);
  const { correlationId } = attributes;
  return {
    id: attributes.id,
    correlation_id: typeof correlationId === "string" ? correlationId : Number(correlationId),
    flags: attributes.flags,
    timeout: Number(attributes.timeoutMicroseconds),
    parameters: JSON.parse(attributes.parameters || "{}"),
    requested_outputs: one.outputsOf(request).sort(),
    inputs: request.inputs.slice(0, request.inputCount).map((tensor) => one.describeTensor(tensor)),
  };
}

/** The requests of an ExecuteRequest, or of a call to another model. */
export function compareRequests(one: Opened): void {
  const { requests, expected, dialect, reader } = one;
  expect(requests.map((request) => describeRequest(one, request))).toEqual(expected.requests);
  for (const request of requests) {
    const { modelName, modelVersion } = dialect.requests.attributes(reader, request);
    expect([modelName, Number(modelVersion)]).toEqual([expected.modelName, expected.modelVersion]);
  }
}

/** Parameters are an empty text at the end of a stream. */
export function compareResponse(
  one: Opened,
  { error, outputs, outputCount, parameters }: ResponseRecord,
  // biome-ignore lint/suspicious/noExplicitAny: a document of the fixtures.
  wanted: any,
): void {
  if (wanted.error !== undefined) {
    expect(error?.message).toBe(wanted.error.message);
    if (wanted.error.code !== undefined) expect(error?.code).toBe(CODES.get(wanted.error.code));
    return;
  }
  expect(error).toBeUndefined();
  expect(outputs.slice(0, outputCount).map((output) => one.describeTensor(output))).toEqual(
    wanted.outputs,
  );
  if (one.dialect.response.carriesParameters && wanted.parameters !== undefined) {
    expect(JSON.parse(parameters || "{}")).toEqual(wanted.parameters);
  }
}

/** NVIDIA's ExecuteResponse. Where responses are messages of their own it leaves their number unwritten. */
export function compareExecuteResponse(one: Opened): void {
  const { dialect, reader, expected, fixture, message } = one;
  if (dialect.era === "sent" && !expected.hasError) {
    expect(one.field("ResponseBatch", one.args, "has_error")).toBe(0);
    return;
  }
  const { error, responses } = dialect.responseBatch.decodeMessage(reader, message.handle);
  expect(error).toBe(expected.hasError ? expected.error : undefined);
  if (expected.hasError) return;
  expect(responses).toHaveLength(expected.responses.length);
  responses.forEach((response, index) => {
    const wanted = expected.responses[index];
    if (wanted === null) expect(response).toBe(NO_HANDLE);
    else compareResponse(one, one.responseAt(response), wanted);
  });
  if (expected.releaseFlags === undefined) return;
  // The request is where it was, and says that it comes again.
  const [request] = regionOf(fixture, fixture.moment.replace("-response", "-request")).requests;
  const [at] = one.layout.structs.InferRequestShm!.fields.request_release_flags!;
  expect(one.view.getUint32(request!.object + at, true)).toBe(RESCHEDULE);
}

/** A response that is a message of its own, and the server's answer to it. */
export function compareResponseSend(one: Opened): void {
  const { dialect, reader, expected, args } = one;
  const turn = one.field("ResponseSendMessage", args, "is_stub_turn");
  expect(turn).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) {
    expect(dialect.responseSend.readError(reader, args) !== undefined).toBe(expected.hasError);
    return;
  }
  const sent = dialect.responseSend.decode(reader, args);
  expect(sent.isFinal).toBe((expected.flags ?? 1) === 1);
  const asked = executionOf(one);
  expect(sent.addresses).toEqual(
    asked.dialect.requests.addresses(asked.reader, asked.requests[expected.request ?? 0]!),
  );
  if (expected.response === null) expect(sent.response).toBe(NO_HANDLE);
  else compareResponse(one, one.responseAt(sent.response), expected.response);
}

/** The ExecuteRequest to which this message is an answer. */
function executionOf({ fixture }: Opened): Opened {
  for (const end of [/-send-\d+$/, /-\d+$/, /-send$/]) {
    const moment = fixture.moment.replace(end, "-request");
    try {
      const found = regionOf(fixture, moment);
      if (found.fixture.command === "ExecuteRequest") return found;
    } catch {
      // It has another name.
    }
  }
  throw new Error(`there is no request of ${fixture.moment}`);
}
