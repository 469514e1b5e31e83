import { afterEach, describe, expect, test } from "@jest/globals";
import type { Handle } from "../../host/numbers.js";
import { DATATYPES } from "../../host/wire/datatypes.js";
import { Dialect } from "../../host/wire/dialect.js";
import { TRITON_ERROR } from "../../host/wire/error-codes.js";
import { WireReader } from "../../host/wire/reader.js";
import type { BlsAnswer } from "../../host/wire/records/bls.js";
import type { RequestRecord } from "../../host/wire/records/request.js";
import { RequestBatchRecord } from "../../host/wire/records/request-batch.js";
import { ResponseRecord } from "../../host/wire/records/response.js";
import type { TensorRecord } from "../../host/wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../host/wire/sizes.js";
import { callIndex, type Fixture, readRegion } from "../fixtures/fixture.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { ServerSide, type WrittenTensor } from "../support/region/server-side.js";

afterEach(closeRegions);

const { fixtures } = callIndex();

/** A tensor as the fixtures describe it. */
interface DescribedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly base64: string;
}

const CODES = new Map([
  ["INTERNAL", TRITON_ERROR.internal],
  ["NOT_FOUND", TRITON_ERROR.notFound],
  ["UNAVAILABLE", TRITON_ERROR.unavailable],
]);
const KINDS = ["COUNTER", "GAUGE", "HISTOGRAM"];
/** Fields of a request that are not handles, and that NVIDIA's stub writes. */
const PLAIN_FIELDS = [
  "correlation_id",
  "input_count",
  "requested_output_count",
  "model_version",
  "flags",
  "address",
  "response_factory_address",
  "timeout",
  "request_release_flags",
];

/** The fixtures of these moments, for test.each. */
function of(...moments: string[]): (readonly [place: string, fixture: Fixture])[] {
  const found = fixtures.filter(({ moment }) => moments.includes(moment));
  for (const moment of moments) {
    if (!found.some((fixture) => fixture.moment === moment)) throw new Error(`no ${moment}`);
  }
  return found.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const);
}

function find(release: string, moment: string): Fixture {
  return fixtures.find((each) => each.release === release && each.moment === moment)!;
}

function open(fixture: Fixture) {
  const bytes = readRegion(fixture);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new WireReader({ bytes, view, mappedBytes: bytes.length });
  const dialect = new Dialect(fixture.release);
  const message = dialect.message.decode(reader, fixture.message);
  return { bytes, view, reader, dialect, message, args: message.args as Handle, fixture };
}

type Opened = ReturnType<typeof open>;

function describeTensor({ bytes, view }: Opened, tensor: TensorRecord): DescribedTensor {
  const text = (at: number, length: number) => Buffer.from(bytes.slice(at, at + length));
  return {
    name: text(tensor.nameAt, tensor.nameBytes).toString(),
    datatype: DATATYPES[tensor.datatype]!.name,
    shape: Array.from({ length: tensor.rank }, (_, index) =>
      Number(view.getBigInt64(tensor.shapeAt + index * DIMENSION_BYTES, true)),
    ),
    base64: text(tensor.dataAt, tensor.dataBytes).toString("base64"),
  };
}

function decodeRequest({ dialect, reader, args }: Opened): RequestRecord {
  const batch = new RequestBatchRecord();
  dialect.requestBatch.decode(reader, args, batch);
  expect(batch.count).toBe(1);
  return batch.requests[0]!;
}

function decodeResponse({ dialect, reader }: Opened, handle: Handle): ResponseRecord {
  const response = new ResponseRecord();
  dialect.response.decode(reader, handle, response);
  return response;
}

function responseOf(one: Opened, answer: BlsAnswer | undefined): ResponseRecord {
  if (answer === undefined || "error" in answer) throw new Error("there is no response");
  return decodeResponse(one, answer.response);
}

/** Describes a response as the fixtures do. At the end of a stream, `parameters` is an empty text. */
function describeResponse(one: Opened, response: ResponseRecord) {
  const { error, outputs, outputCount, parameters } = response;
  if (error !== undefined) return { error };
  const described = outputs.slice(0, outputCount).map((output) => describeTensor(one, output));
  return one.dialect.response.carriesParameters
    ? { outputs: described, parameters: JSON.parse(parameters || "{}") }
    : { outputs: described };
}

function expectedResponse({ dialect, fixture }: Opened) {
  const { error, outputs, parameters } = fixture.expected.response;
  if (error !== undefined) return { error: { ...error, code: CODES.get(error.code) } };
  return dialect.response.carriesParameters
    ? { outputs, parameters: parameters ?? {} }
    : { outputs };
}

/** Id of the stream whose first response is in that region. */
function streamOf(release: string, moment: string): bigint {
  const one = open(find(release, moment));
  return responseOf(one, one.dialect.bls.decodeAnswer(one.reader, one.message.handle)).stream;
}

describe("regions of real servers", () => {
  test.each(of("bls-infer", "bls-string-id-infer", "bls-stream-infer"))(
    "%s: a request of NVIDIA's stub to another model is decoded with its content",
    (_place, fixture) => {
      const one = open(fixture);
      const request = decodeRequest(one);
      const attributes = one.dialect.requests.attributes(one.reader, request);
      const expected = fixture.expected.requests[0];
      expect(
        request.inputs.slice(0, request.inputCount).map((each) => describeTensor(one, each)),
      ).toEqual(expected.inputs);
      expect(attributes).toEqual({
        id: expected.id,
        modelName: fixture.expected.modelName,
        modelVersion: BigInt(fixture.expected.modelVersion),
        parameters: expect.anything(),
        correlationId:
          typeof expected.correlation_id === "string"
            ? expected.correlation_id
            : BigInt(expected.correlation_id),
        flags: expected.flags,
        timeoutMicroseconds: BigInt(expected.timeout),
      });
      expect(JSON.parse(attributes.parameters)).toEqual(expected.parameters);
    },
  );

  test.each(of("bls-infer", "bls-string-id-infer", "bls-stream-infer"))(
    "%s: our request with the same content has the same fields, and is decoded to the same content",
    (_place, fixture) => {
      const theirs = open(fixture);
      const { dialect } = theirs;
      const original = decodeRequest(theirs);
      const attributes = dialect.requests.attributes(theirs.reader, original);
      const parent = new ParentRegion({ release: fixture.release }).soil();
      const server = new ServerSide(parent);
      const { heap, writer, reader } = parent;
      const expected = fixture.expected.requests[0];
      const inputs = expected.inputs.map((input: DescribedTensor) => server.tensor(written(input)));
      const streams = fixture.command === "InferStreamExecRequest";
      const outputs = names(theirs, original);
      const { message } = heap.locked(() =>
        dialect.bls.encodeCallLocked(
          writer,
          dialect.requests.encodeLocked(writer, { ...attributes, inputs, outputs }),
          streams,
        ),
      );
      const ours = { ...theirs, bytes: parent.region.bytes, view: parent.region.view, reader };
      const decoded = dialect.message.decode(reader, message);
      expect(decoded.command).toBe(theirs.message.command);
      const request = decodeRequest({ ...ours, args: decoded.args as Handle });
      expect(dialect.requests.attributes(reader, request)).toEqual(attributes);
      expect(names(ours, request)).toEqual(outputs);
      expect(
        request.inputs.slice(0, request.inputCount).map((each) => describeTensor(ours, each)),
      ).toEqual(expected.inputs);
      const { fields } = dialect.layout.structs.InferRequestShm!;
      const compared = PLAIN_FIELDS.filter((name) => name in fields);
      const ourFields = compared.map((name) => hex(ours, request, fields[name]!));
      expect(ourFields).toEqual(compared.map((name) => hex(theirs, original, fields[name]!)));
      // CPU memory, device 0. NVIDIA's stub asks for it only if its model does.
      const [memoryAt] = fields.preferred_memory!;
      expect(hex(ours, request, [memoryAt, 4])).toBe("01000000");
      expect(hex(ours, request, [memoryAt + 8, 8])).toBe("0000000000000000");
      if (fixture.moment === "bls-string-id-infer") {
        expect(hex(theirs, original, [memoryAt, 4])).toBe("01000000");
      }
      expect(
        ours.view.getUint8(
          message + 16 + dialect.layout.structs.IPCMessageShm!.fields.inline_response![0],
        ),
      ).toBe(1);
    },
  );

  test.each(of("bls-infer-answer", "bls-refused-infer-answer", "bls-stream-infer-answer"))(
    "%s: the server's answer to a call is decoded with the response of the model",
    (_place, fixture) => {
      const one = open(fixture);
      const response = responseOf(
        one,
        one.dialect.bls.decodeAnswer(one.reader, one.message.handle),
      );
      expect(describeResponse(one, response)).toEqual(expectedResponse(one));
      const streams = fixture.moment.includes("stream");
      expect(response.isLast).toBe(!streams);
      // Up to 25.03 the server does not write this field of an error.
      const isNamed = response.error === undefined || one.dialect.release >= "25.04";
      expect(response.stream !== 0n).toBe(streams && isNamed);
    },
  );

  test.each(of("bls-absent-infer-answer"))(
    "%s: the error of a call that failed is decoded",
    (_place, fixture) => {
      const { dialect, reader, message } = open(fixture);
      const { error } = fixture.expected;
      expect(dialect.bls.decodeAnswer(reader, message.handle)).toEqual({ error });
    },
  );

  test.each(of("bls-infer"))(
    "%s: a call has no answer before the server has written one",
    (_place, fixture) => {
      const parent = new ParentRegion({ release: fixture.release }).soil();
      const { bls } = new Dialect(fixture.release);
      const { message } = parent.heap.locked(() =>
        bls.encodeCallLocked(parent.writer, 336 as Handle, false),
      );
      expect(bls.decodeAnswer(parent.reader, message)).toBeUndefined();
    },
  );

  test.each(of("bls-stream-response-2", "bls-stream-response-3"))(
    "%s: a later response of a stream is decoded, with the id of the stream",
    (_place, fixture) => {
      const one = open(fixture);
      const response = responseOf(one, one.dialect.bls.decodeStreamed(one.reader, one.args));
      expect(describeResponse(one, response)).toEqual(expectedResponse(one));
      expect(response.isLast).toBe(fixture.expected.isLast);
      expect(response.stream).toBe(streamOf(fixture.release, "bls-stream-infer-answer"));
      expect(one.view.getUint8(one.dialect.bls.streamFlagOf(one.args))).toBe(0);
    },
  );

  test.each(of("bls-stream-cleanup"))("%s: a clean-up names the stream", (_place, fixture) => {
    const { dialect, reader, message, args } = open(fixture);
    expect(message.command).toBe(dialect.commands.streamCleanup);
    expect(dialect.cleanup.decode(reader, args)).toBe(
      streamOf(fixture.release, fixture.expected.idOf),
    );
  });

  test.each(of("bls-cancel-cancel"))("%s: a cancellation names the stream", (_place, fixture) => {
    const { dialect, reader, message, args } = open(fixture);
    expect(message.command).toBe(dialect.cancelCommand);
    expect(dialect.cancel!.decode(reader, args)).toBe(
      streamOf(fixture.release, fixture.expected.idOf),
    );
    expect(dialect.cancel!.readCancelled(reader, args)).toBe(false);
  });

  test.each(of("bls-cancel-cancel-answer"))(
    "%s: the server reports the cancellation",
    (_place, fixture) => {
      const { dialect, reader, args } = open(fixture);
      expect(dialect.cancel!.readCancelled(reader, args)).toBe(true);
    },
  );

  test.each(of("is-cancelled-no"))(
    "%s: the query for a cancellation has the addresses of the request",
    (_place, fixture) => {
      const { dialect, reader, message, args } = open(fixture);
      expect(message.command).toBe(dialect.commands.isRequestCancelled);
      const asked = open(find(fixture.release, fixture.expected.addressesOf));
      const addresses = asked.dialect.requests.addresses(asked.reader, decodeRequest(asked));
      expect(dialect.isCancelled.decode(reader, args)).toEqual(addresses);
      expect(dialect.isCancelled.readCancelled(reader, args)).toBe(false);
    },
  );

  test.each(of("is-cancelled-yes-answer"))("%s: the server's answer is read", (_place, fixture) => {
    const { dialect, reader, args } = open(fixture);
    expect(dialect.isCancelled.readCancelled(reader, args)).toBe(fixture.expected.isCancelled);
  });

  test.each(of("decoupled-send-1", "decoupled-send-2", "decoupled-send-error-1"))(
    "%s: a sent response is decoded, with its request and the flag of the last response",
    (_place, fixture) => {
      const one = open(fixture);
      const sent = one.dialect.responseSend.decode(one.reader, one.args);
      expect(sent.isFinal).toBe(fixture.expected.flags === 1);
      const response = decodeResponse(one, sent.response);
      expect(describeResponse(one, response)).toEqual(expectedResponse(one));
      expect(response.isLast).toBe(true);
      if (fixture.moment.includes("error")) return;
      const answered = open(find(fixture.release, "decoupled-send-request"));
      const addresses = answered.dialect.requests.addresses(
        answered.reader,
        decodeRequest(answered),
      );
      expect(sent.addresses).toEqual(addresses);
    },
  );

  test.each(of("decoupled-send-empty-2"))(
    "%s: the end of a stream has no response",
    (_place, fixture) => {
      const { dialect, reader, args } = open(fixture);
      expect(dialect.responseSend.decode(reader, args)).toMatchObject({
        response: 0,
        isFinal: true,
      });
    },
  );

  test.each(of("decoupled-forget-cleanup"))(
    "%s: a clean-up names the response factory",
    (_place, fixture) => {
      const { dialect, reader, message, args } = open(fixture);
      expect(message.command).toBe(dialect.responseFactoryCleanup);
      const request = open(find(fixture.release, fixture.expected.addressesOf));
      const addresses = request.dialect.requests.addresses(request.reader, decodeRequest(request));
      expect(dialect.cleanup.decode(reader, args)).toBe(addresses.responseFactory);
    },
  );

  test.each(of("metrics-gauge-family"))("%s: a family of metrics is read", (_place, fixture) => {
    const { dialect, reader, args } = open(fixture);
    const { name, description: help, kind } = fixture.expected;
    const block = dialect.metrics.decodeMessage(reader, args);
    expect(dialect.metrics.decodeFamily(reader, block)).toEqual({
      name,
      help,
      kind: KINDS.indexOf(kind),
      family: 0n,
    });
  });

  test.each(of("metrics-gauge-new", "metrics-gauge-set"))(
    "%s: a metric is read",
    (_place, fixture) => {
      const { dialect, reader, args } = open(fixture);
      const metric = dialect.metrics.decodeMetric(
        reader,
        dialect.metrics.decodeMessage(reader, args),
      );
      expect(JSON.parse(metric.labels)).toEqual(fixture.expected.labels);
      expect(metric.family).not.toBe(0n);
      const isNew = fixture.moment === "metrics-gauge-new";
      expect(metric.metric === 0n).toBe(isNew);
      if (!isNew) expect(metric.operand).toBe(fixture.expected.value);
    },
  );

  test.each(of("metrics-gauge-value-answer"))("%s: a metric's value is read", (_place, fixture) => {
    const { dialect, reader, args } = open(fixture);
    expect(dialect.metrics.readError(reader, args)).toBeUndefined();
    expect(dialect.metrics.readValue(reader, args)).toBe(fixture.expected.value);
  });
});

function written({ name, datatype, shape, base64 }: DescribedTensor): WrittenTensor {
  return {
    name,
    datatype: DATATYPES.findIndex((each) => each.name === datatype),
    shape: shape.map(BigInt),
    data: Buffer.from(base64, "base64"),
  };
}

function names({ bytes }: Opened, { outputs, outputCount }: RequestRecord): string[] {
  return outputs
    .slice(0, outputCount)
    .map((name) => Buffer.from(bytes.slice(name.at, name.at + name.bytes)).toString());
}

function hex(
  { bytes }: Opened,
  { object }: RequestRecord,
  place: readonly [number, number],
): string {
  const [at, length] = place;
  return Buffer.from(bytes.slice(object + at, object + at + length)).toString("hex");
}
