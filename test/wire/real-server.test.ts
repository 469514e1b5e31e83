import { queueLayout, readControl } from "../../host/wire/control.js";
import { DATATYPES } from "../../host/wire/datatypes.js";
import { Dialect } from "../../host/wire/dialect.js";
import { LOG_LEVEL } from "../../host/wire/log-levels.js";
import { WireReader } from "../../host/wire/reader.js";
import { instanceArguments } from "../../host/wire/records/initialize.js";
import type { RequestRecord } from "../../host/wire/records/request.js";
import { RequestBatchRecord } from "../../host/wire/records/request-batch.js";
import type { TensorRecord } from "../../host/wire/records/tensor.js";
import { layoutOfRelease } from "../../host/wire/supported.js";
import { WireWriter } from "../../host/wire/writer.js";
import { type Fixture, fixtureIndex, readRegion } from "../fixtures/fixture.js";
import { type ReadResponse, ResponseReader } from "../support/region/response-reader.js";
import type { TensorFacts } from "../support/region/server-side.js";
import { readResponseSend } from "./response-send.js";

const { controlHandle, fixtures } = fixtureIndex();

/** A tensor as the fixtures describe it. */
interface DescribedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly base64: string;
}

/** Names of `TRITONSERVER_Error_Code` in the gRPC answer from which the fixtures have them. */
const ERROR_CODES: Readonly<Record<number, string>> = { 3: "INVALID_ARG" };
const LEVELS: Readonly<Record<number, string>> = { [LOG_LEVEL.warning]: "WARNING" };

/** The fixtures of a command, for test.each. */
function ofCommand(command: string): (readonly [place: string, fixture: Fixture])[] {
  const found = fixtures.filter((fixture) => fixture.command === command);
  // A command without fixtures would pass without a test.
  if (found.length === 0) throw new Error(`no fixture of ${command}`);
  return found.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const);
}

function fail(reason: string): never {
  throw new Error(reason);
}

function open(fixture: Fixture) {
  const bytes = readRegion(fixture);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const source = { bytes, view, mappedBytes: bytes.length };
  const reader = new WireReader(source);
  const writer = new WireWriter(source, { constructLocked: () => fail("there is no heap") });
  const layout = layoutOfRelease(fixture.release);
  const dialect = new Dialect(fixture.release);
  const { handle, command, args } = dialect.message.decode(reader, fixture.message);
  const answer = new ResponseReader(source, fixture.release);
  return {
    bytes,
    view,
    reader,
    writer,
    layout,
    dialect,
    handle,
    command,
    args,
    answer,
    expected: fixture.expected,
  };
}

type Opened = ReturnType<typeof open>;

function describeInput({ bytes, view }: Opened, tensor: TensorRecord): DescribedTensor {
  const text = (at: number, length: number) => Buffer.from(bytes.slice(at, at + length));
  return {
    name: text(tensor.nameAt, tensor.nameBytes).toString(),
    datatype: DATATYPES[tensor.datatype]!.name,
    shape: Array.from({ length: tensor.rank }, (_, index) =>
      Number(view.getBigInt64(tensor.shapeAt + index * 8, true)),
    ),
    base64: text(tensor.dataAt, tensor.dataBytes).toString("base64"),
  };
}

function describeOutput({ name, datatype, shape, data }: TensorFacts): DescribedTensor {
  return {
    name,
    datatype: DATATYPES[datatype]!.name,
    shape: shape.map(Number),
    base64: Buffer.from(data).toString("base64"),
  };
}

function describeRequest(one: Opened, request: RequestRecord) {
  const attributes = one.dialect.requests.attributes(one.reader, request);
  const names = request.outputs
    .slice(0, request.outputCount)
    .map(({ at, bytes }) => Buffer.from(one.bytes.slice(at, at + bytes)).toString());
  return {
    id: attributes.id,
    correlation_id: Number(attributes.correlationId),
    flags: attributes.flags,
    timeout: Number(attributes.timeoutMicroseconds),
    parameters: JSON.parse(attributes.parameters),
    requested_outputs: names.sort(),
    inputs: request.inputs.slice(0, request.inputCount).map((each) => describeInput(one, each)),
  };
}

function describeResponse({ error, outputs }: ReadResponse) {
  return error === undefined
    ? { outputs: outputs.map(describeOutput) }
    : { error: { code: ERROR_CODES[error.code], message: error.message } };
}

function requestsOf({ dialect, reader, args }: Opened): RequestRecord[] {
  const batch = new RequestBatchRecord();
  dialect.requestBatch.decode(reader, args, batch);
  return batch.requests.slice(0, batch.count);
}

/** What the server calls the requests of an ExecuteRequest. */
function addressesOf(fixture: Fixture) {
  const one = open(fixture);
  return requestsOf(one).map((each) => {
    const { request, responseFactory } = one.dialect.requests.addresses(one.reader, each);
    return { request: Number(request), responseFactory: Number(responseFactory) };
  });
}

test("the fixtures have regions of every layout and execute era of the available servers", () => {
  const releases = [...new Set(fixtures.map(({ release }) => release))];
  expect(releases).toEqual(["23.10", "23.12", "24.03", "24.04", "24.06", "24.08", "24.10"]);
});

test.each(fixtures.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const))(
  "%s: the message lies in its queue's slot and has its release's command",
  (_place, fixture) => {
    const { view, reader, layout, command } = open(fixture);
    expect(command).toBe(layout.commands[fixture.command]);
    const control = readControl(reader, layout, controlHandle);
    expect(control.decoupled).toBe(false);
    const handles = {
      stub_message_queue: control.stubMessageQueue,
      parent_message_queue: control.parentMessageQueue,
      stub_to_parent_mq: control.stubToParentQueue,
    };
    const queue = handles[fixture.queue as keyof typeof handles];
    const at = queueLayout(layout);
    const size = Number(view.getBigUint64(queue + 16 + at.size, true));
    const tail = view.getUint32(queue + 16 + at.tail, true);
    const slot = fixture.slot === "pushed" ? tail : (tail + size - 1) % size;
    const buffer = Number(view.getBigUint64(queue + 16 + at.buffer, true));
    expect(Number(view.getBigUint64(buffer + 16 + slot * 8, true))).toBe(fixture.message);
  },
);

test.each(ofCommand("AutoCompleteRequest"))(
  "%s: the configuration is read as it was sent",
  (_place, fixture) => {
    const { dialect, reader, args, expected } = open(fixture);
    const object = reader.objectOf(args, dialect.strings.headBytes, "the configuration");
    const length = dialect.strings.lengthAt(reader, object);
    const text = reader.text(dialect.strings.charactersAt(reader, object, length), length);
    expect(JSON.parse(text)).toEqual(expected.config);
  },
);

test.each(ofCommand("InitializeRequest"))(
  "%s: the seven arguments are read as NVIDIA's stub had them",
  (_place, fixture) => {
    const { dialect, reader, args, expected } = open(fixture);
    const map = dialect.dictionary.read(reader, args);
    expect(Object.fromEntries(map)).toEqual(expected.args);
    expect(Object.values(instanceArguments(map)).sort()).toEqual(
      (Object.values(expected.args) as string[]).sort(),
    );
  },
);

test.each(ofCommand("ExecuteRequest"))(
  "%s: every request, input and byte is read as NVIDIA's stub had it",
  (_place, fixture) => {
    const one = open(fixture);
    const requests = requestsOf(one);
    expect(requests.map((request) => describeRequest(one, request))).toEqual(one.expected.requests);
    for (const request of requests) {
      const { modelName, modelVersion } = one.dialect.requests.attributes(one.reader, request);
      expect([modelName, Number(modelVersion)]).toEqual([
        one.expected.modelName,
        one.expected.modelVersion,
      ]);
    }
  },
);

test.each(ofCommand("ExecuteRequest"))(
  "%s: each request has its own address, and its own response factory from 24.06 on",
  (_place, fixture) => {
    const all = addressesOf(fixture);
    expect(new Set(all.map(({ request }) => request)).size).toBe(all.length);
    expect(all.map(({ request }) => request)).not.toContain(0);
    const factories = all.map(({ responseFactory }) => responseFactory);
    if (fixture.release < "24.06") expect(new Set(factories)).toEqual(new Set([0]));
    else {
      expect(factories).not.toContain(0);
      expect(new Set(factories).size).toBe(factories.length);
    }
  },
);

test.each(ofCommand("ExecuteResponse"))(
  "%s: NVIDIA's answer has the form in which ours is read",
  (_place, fixture) => {
    const { answer, expected } = open(fixture);
    const error = answer.batchError(fixture.message);
    const isSent = fixture.release >= "24.06" && fixture.release < "24.10";
    const responses = isSent ? [] : answer.executeResponse(fixture.message).responses;
    expect({
      hasError: error !== undefined,
      ...(error === undefined ? { responses: responses.map(describeResponse) } : { error }),
    }).toEqual(expected);
  },
);

test.each(ofCommand("ExecuteResponse").filter(([, { release }]) => release >= "24.10"))(
  "%s: the args of NVIDIA's answer point behind the message, in the same block",
  (_place, fixture) => {
    expect(open(fixture).args).toBe(fixture.message + 48);
  },
);

test.each(ofCommand("ResponseSend"))(
  "%s: NVIDIA's message has the last response to its request, and the addresses that came with it",
  (_place, fixture) => {
    const { answer, args, expected } = open(fixture);
    const moment = fixture.moment.replace(/-send-\d+$/, "-request");
    const request = fixtures.find(
      (other) => other.release === fixture.release && other.moment === moment,
    )!;
    const { response, ...rest } = readResponseSend(answer, args);
    expect(rest).toEqual({ ...addressesOf(request)[expected.request]!, flags: 1 });
    expect(describeResponse(response)).toEqual(expected.response);
  },
);

test.each(ofCommand("InitializeResponse"))(
  "%s: NVIDIA's answer has the form of ours",
  (_place, fixture) => {
    const { answer, args, expected } = open(fixture);
    expect(answer.failure(args)).toBe(expected.hasError ? expected.error : undefined);
  },
);

test.each(ofCommand("AutoCompleteResponse"))(
  "%s: NVIDIA's answer has the form of ours",
  (_place, fixture) => {
    const { answer, args, expected } = open(fixture);
    expect(answer.failure(args)).toBe(expected.hasError ? expected.error : undefined);
    if (expected.hasError) return;
    const at = answer.objectAt(args);
    expect(answer.flag(at + 16)).toBe(true);
    expect(JSON.parse(answer.string(answer.handle(at + 24)))).toEqual(expected.config);
  },
);

test.each(ofCommand("LogRequest"))(
  "%s: NVIDIA's log message has the form of ours",
  (_place, fixture) => {
    const { answer, view, args, expected } = open(fixture);
    const at = answer.objectAt(args);
    expect({
      level: LEVELS[answer.u32(at + 120)],
      file: answer.string(answer.handle(at + 96)),
      line: view.getInt32(at + 104, true),
      message: answer.string(answer.handle(at + 112)),
    }).toEqual(expected);
  },
);

test.each(ofCommand("FinalizeResponse"))(
  "%s: the answer is the request's own block, with another command",
  (_place, fixture) => {
    const request = fixtures.find(
      ({ release, moment }) => release === fixture.release && moment === "finalize-request",
    )!;
    expect(fixture.message).toBe(request.message);
    const before = open(request);
    before.dialect.message.setCommand(before.writer, before.handle, open(fixture).command);
    const at = request.message;
    expect(before.bytes.slice(at, at + 64)).toEqual(open(fixture).bytes.slice(at, at + 64));
  },
);
