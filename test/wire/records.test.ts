import { afterEach, describe, expect, test } from "@jest/globals";
import { type Handle, NO_HANDLE } from "../../host/numbers.js";
import { Dialect } from "../../host/wire/dialect.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { WireReader } from "../../host/wire/reader.js";
import { RequestBatchRecord } from "../../host/wire/records/request-batch.js";
import { ResponseRecord } from "../../host/wire/records/response.js";
import { type Fixture, fixtureIndex, readRegion } from "../fixtures/fixture.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { ResponseReader } from "../support/region/response-reader.js";
import { ServerSide } from "../support/region/server-side.js";

afterEach(closeRegions);

/**
 * Our decoders read the records of our encoders. Both use the same tables, so other tests compare them with captured regions and the
 * server's side.
 */
describe.each(LAYOUTS.map(({ releases }) => releases[0]!))("release %s", (release) => {
  function open() {
    const parent = new ParentRegion({ release }).soil();
    const { heap, reader, writer } = parent;
    const locked = <Result>(action: () => Result) => heap.locked(action);
    return { dialect: new Dialect(release), parent, reader, writer, locked };
  }

  const addresses = { request: 0x7f00_1234_5678n, responseFactory: 2n ** 64n - 1n };

  test("a log line", () => {
    const { dialect, reader, writer, locked } = open();
    const line = { level: 2, file: "mödel_0_0", line: -1, message: "Grüße" };
    const handle = locked(() => dialect.log.encodeLocked(writer, line));
    expect(dialect.log.decode(reader, handle)).toEqual(line);
  });

  test("a map is the same from us and from the server", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const map = new Map([
      ["file:1/model.py", ""],
      ["ä", "ö"],
    ]);
    const ours = locked(() => dialect.dictionary.writeLocked(writer, map));
    expect(dialect.dictionary.read(reader, ours)).toEqual(map);
    const theirs = new ServerSide(parent).map([...map]);
    expect(dialect.dictionary.read(reader, theirs)).toEqual(map);
  });

  test.each([true, false])("a sent response, last or not: %s", (isFinal) => {
    const { dialect, reader, writer, locked } = open();
    const { responseSend } = dialect;
    for (const response of [NO_HANDLE, 4096 as Handle]) {
      const sent = { addresses, response, isFinal };
      const handle = locked(() => responseSend.encodeLocked(writer, sent));
      expect(responseSend.decode(reader, handle)).toEqual(sent);
      expect(responseSend.readError(reader, handle)).toBeUndefined();
    }
  });

  test("an error of the server in a record of an exchange", () => {
    const { dialect, parent, reader } = open();
    const server = new ServerSide(parent);
    const failed = { has_error: 1n, is_error_set: 1n, error: BigInt(server.string("nö")) };
    const sent = server.record("ResponseSendMessage", failed) as Handle;
    expect(dialect.responseSend.readError(reader, sent)).toBe("nö");
    const silent = server.record("CustomMetricsMessage", { has_error: 1n, is_error_set: 0n });
    expect(dialect.metrics.readError(reader, silent as Handle)).toBe("the server gave no reason");
  });

  test("the query for a cancellation, and its answer", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const { isCancelled } = dialect;
    const handle = locked(() => isCancelled.encodeLocked(writer, addresses));
    expect(isCancelled.decode(reader, handle)).toEqual(addresses);
    expect(isCancelled.readCancelled(reader, handle)).toBe(false);
    const answer = new ServerSide(parent).record("IsCancelledMessage", { is_cancelled: 1n });
    expect(isCancelled.readCancelled(reader, answer as Handle)).toBe(true);
  });

  test("a cancellation, from 25.04 on", () => {
    const { dialect, reader, writer, locked } = open();
    const { cancel } = dialect;
    expect(cancel !== undefined).toBe(release >= "25.04");
    if (cancel === undefined) return;
    const handle = locked(() => cancel.encodeLocked(writer, 2n ** 63n));
    expect(cancel.decode(reader, handle)).toBe(2n ** 63n);
  });

  test("a clean-up", () => {
    const { dialect, reader, writer, locked } = open();
    const handle = locked(() => dialect.cleanup.encodeLocked(writer, 2n ** 63n));
    expect(dialect.cleanup.decode(reader, handle)).toBe(2n ** 63n);
  });

  test("a family of metrics, and a metric with its operand", () => {
    const { dialect, reader, writer, locked } = open();
    const { metrics } = dialect;
    const family = { name: "n", help: "hölp", kind: 1, family: 2n ** 64n - 1n };
    const block = locked(() => metrics.encodeFamilyLocked(writer, family));
    expect(metrics.decodeFamily(reader, block)).toEqual(family);
    const metric = { labels: '{"a":"ä"}', family: 3n, metric: 2n ** 63n };
    const handle = locked(() => metrics.encodeMetricLocked(writer, metric));
    metrics.setOperand(writer, handle, -1.25);
    expect(metrics.decodeMetric(reader, handle)).toEqual({ ...metric, operand: -1.25 });
    const message = locked(() => metrics.encodeMessageLocked(writer, handle));
    expect(metrics.decodeMessage(reader, message)).toBe(handle);
  });

  test("an answer to a load, with and without an error", () => {
    const { dialect, reader, writer, locked } = open();
    for (const error of [undefined, "nö"]) {
      const handle = locked(() => dialect.initialize.encodeLocked(writer, error));
      expect(dialect.initialize.decode(reader, handle)).toBe(error);
    }
    const { autoComplete } = dialect;
    const config = locked(() => autoComplete.encodeLocked(writer, '{"a":1}'));
    expect(autoComplete.decode(reader, config)).toEqual({ error: undefined, config: '{"a":1}' });
    const failed = locked(() => autoComplete.encodeErrorLocked(writer, "nö", "{}"));
    expect(autoComplete.decode(reader, failed)).toEqual(
      autoComplete.reportsFailures
        ? { error: "nö", config: undefined }
        : { error: undefined, config: "{}" },
    );
  });

  test("a batch of responses, of which one is an error and one is missing", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const { response, responseBatch } = dialect;
    const message = locked(() => {
      const made = responseBatch.encodeLocked(writer, 3);
      responseBatch.setResponse(writer, made, 0, response.encodeLocked(writer, 0, '{"p":1}'));
      responseBatch.setResponse(writer, made, 2, response.encodeErrorLocked(writer, 5, "nö"));
      return made.message;
    });
    const batch = responseBatch.decodeMessage(reader, message);
    expect(batch).toEqual({
      error: undefined,
      responses: [expect.anything(), 0, expect.anything()],
    });
    const into = new ResponseRecord();
    const facts = () => ({ ...into, outputs: into.outputs.slice(0, into.outputCount) });
    response.decode(reader, batch.responses[2]!, into);
    const error = { code: 5, message: "nö" };
    expect(facts()).toMatchObject({ error, outputs: [], parameters: "", isLast: true });
    expect(new ResponseReader(parent.region, release).response(batch.responses[2]!)).toEqual({
      error,
      outputs: [],
    });
    response.decode(reader, batch.responses[0]!, into);
    const parameters = response.carriesParameters ? '{"p":1}' : "";
    expect(facts()).toMatchObject({ error: undefined, outputs: [], parameters, stream: 0n });
  });

  test("a batch of responses that failed, also read by the server", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const { responseBatch } = dialect;
    const failure = { reason: "why", sentence: "model: why" };
    const message = locked(() => responseBatch.encodeFailedLocked(writer, failure));
    const { error, responses } = responseBatch.decodeMessage(reader, message);
    expect(responses).toEqual([]);
    expect(error).toBe(new ResponseReader(parent.region, release).batchError(message));
  });

  test("a list of tensors beyond the region is rejected before it is read", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const handle = locked(() => dialect.response.encodeLocked(writer, 0, "{}"));
    const at = parent.layout.structs.ResponseShm!.fields.outputs_size![0];
    parent.region.view.setUint32(handle + 16 + at, 2 ** 32 - 1, true);
    expect(() => dialect.response.decode(reader, handle, new ResponseRecord())).toThrow(
      expect.objectContaining({
        code: "ERR_REGION_BOUNDS",
        message: expect.stringMatching(/a response's list of tensors lies outside/),
      }),
    );
  });

  test("our request is decoded like a request of the server with the same content", () => {
    const { dialect, parent, reader, writer, locked } = open();
    const content = {
      modelName: "mödel",
      id: "7",
      parameters: '{"a":1}',
      correlationId: dialect.requests.carriesTextCorrelationIds ? "fölge" : 2n ** 63n,
      modelVersion: -1n,
      flags: 3,
      timeoutMicroseconds: 2n ** 31n - 1n,
    };
    const server = new ServerSide(parent);
    const data = new Uint8Array([1, 2, 3, 4]);
    const tensor = { name: "IN", datatype: 11, shape: [1n], data };
    const outputs = ["OUT0", "ausgäbe"];
    const { timeoutMicroseconds: timeout } = content;
    const theirs = server.batch([
      server.request({ ...content, timeout, inputs: [tensor], outputs }),
    ]);
    const inputs = [server.tensor(tensor) as Handle];
    const ours = locked(() =>
      dialect.requestBatch.encodeOneLocked(
        writer,
        dialect.requests.encodeLocked(writer, { ...content, inputs, outputs }),
      ),
    );
    const facts = [theirs, ours].map((handle) => {
      const batch = new RequestBatchRecord();
      dialect.requestBatch.decode(reader, handle, batch);
      const request = batch.requests[0]!;
      const [input] = request.inputs;
      const { bytes } = parent.region;
      return {
        count: batch.count,
        attributes: dialect.requests.attributes(reader, request),
        outputs: request.outputs.map((name) => reader.text(name.at, name.bytes)),
        data: bytes.slice(input!.dataAt, input!.dataAt + input!.dataBytes),
      };
    });
    expect(facts[1]).toEqual(facts[0]);
    expect(facts[1]).toEqual({ count: 1, attributes: content, outputs, data });
  });
});

describe("regions of real servers", () => {
  function decoded(fixture: Fixture) {
    const bytes = readRegion(fixture);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const reader = new WireReader({ bytes, view, mappedBytes: bytes.length });
    const dialect = new Dialect(fixture.release);
    return { dialect, reader, message: dialect.message.decode(reader, fixture.message) };
  }

  function of(command: string) {
    const found = fixtureIndex().fixtures.filter((fixture) => fixture.command === command);
    if (found.length === 0) throw new Error(`no fixture of ${command}`);
    return found.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const);
  }

  test.each(of("LogRequest"))("%s: NVIDIA's line of the log is decoded", (_place, fixture) => {
    const { dialect, reader, message } = decoded(fixture);
    const { level: _level, ...expected } = fixture.expected;
    expect(dialect.log.decode(reader, message.args)).toMatchObject(expected);
  });

  test.each(of("InitializeResponse"))("%s: NVIDIA's answer is decoded", (_place, fixture) => {
    const { dialect, reader, message } = decoded(fixture);
    expect(dialect.initialize.decode(reader, message.args)).toBe(fixture.expected.error);
  });

  test.each(of("AutoCompleteResponse"))("%s: NVIDIA's answer is decoded", (_place, fixture) => {
    const { dialect, reader, message } = decoded(fixture);
    const { error, config } = dialect.autoComplete.decode(reader, message.args);
    expect(error).toBe(fixture.expected.error);
    if (error === undefined) expect(JSON.parse(config!)).toEqual(fixture.expected.config);
  });

  // From 24.06 to 24.09 NVIDIA's stub leaves the number of responses unwritten.
  const counted = of("ExecuteResponse").filter(
    ([, { release }]) => release < "24.06" || release >= "24.10",
  );
  test.each(counted)("%s: NVIDIA's batch of responses is decoded", (_place, fixture) => {
    const { dialect, reader, message } = decoded(fixture);
    const { error, responses } = dialect.responseBatch.decodeMessage(reader, message.handle);
    expect(error).toBe(fixture.expected.error);
    const into = new ResponseRecord();
    const found = responses.map((handle) => {
      dialect.response.decode(reader, handle, into);
      const { outputs, outputCount } = into;
      return {
        message: into.error?.message,
        outputs: outputs
          .slice(0, outputCount)
          .map(({ nameAt, nameBytes }) => reader.text(nameAt, nameBytes)),
      };
    });
    const expected = (fixture.expected.responses ?? []).map(
      (response: { error?: { message: string }; outputs?: { name: string }[] }) => ({
        message: response.error?.message,
        outputs: (response.outputs ?? []).map(({ name }) => name),
      }),
    );
    expect(found).toEqual(expected);
  });
});
