import type { Handle } from "../../../host/numbers.js";
import { OWNERSHIP_BYTES, objectAt } from "../../../host/shm/ownership.js";
import { MessageQueue, type QueueBytes } from "../../../host/shm/queue.js";
import { queueLayout, readControl } from "../../../host/wire/control.js";
import { Dialect } from "../../../host/wire/dialect.js";
import { type WireBytes, WireReader } from "../../../host/wire/reader.js";
import { instanceArguments } from "../../../host/wire/records/initialize.js";
import type { RequestRecord } from "../../../host/wire/records/request.js";
import { RequestBatchRecord } from "../../../host/wire/records/request-batch.js";
import { ResponseRecord } from "../../../host/wire/records/response.js";
import type { TensorRecord } from "../../../host/wire/records/tensor.js";
import { ParentRegion } from "./parent-region.js";
import { ServerSide } from "./server-side.js";

/**
 * The decoders of {@link EveryMessage} read at most this multiple of the region's size: it has about 40 texts and lists, and damage may
 * make each as long as the region. Measured: 1. Lists of lists would be read 100,000 times.
 */
export const MOST_READ = 64;

/** A region with all messages that a server sends, and their decoders. */
export class EveryMessage {
  readonly parent: ParentRegion;
  readonly dialect: Dialect;
  /** The messages are in bytes [from, to). */
  readonly from: number;
  readonly to: number;
  /** Offsets of the handles that the decoders follow. */
  readonly handles: readonly number[];
  private readonly message: number;
  private readonly batchAt: number;
  private readonly initialise: number;
  private readonly configuration: number;
  private readonly metricAnswer: Handle;
  private readonly sentResponse: Handle;
  /** Handles of an ExecuteResponse, and of the batch of a failed one. */
  private readonly answer: readonly [batch: Handle, failed: Handle];
  private readonly batch = new RequestBatchRecord();
  private readonly response = new ResponseRecord();

  constructor(release: string) {
    this.parent = new ParentRegion({ release, queueSize: 4 });
    this.dialect = new Dialect(release);
    const server = new ServerSide(this.parent);
    const requests = [1, 2, 3].map((number) =>
      server.request({
        inputs: [tensor(`INPUT${number}`, number, false), tensor("MORE", 3 - number, true)],
        outputs: ["OUTPUT0", `OUTPUT${number}`],
        id: `request ${number}`,
        parameters: '{"key":true}',
        correlationId: release >= "24.04" && number === 2 ? "sequence" : 77n,
      }),
    );
    this.batchAt = server.batch(requests);
    this.message = server.message("ExecuteRequest", this.batchAt);
    this.initialise = server.map([
      ["model_config", '{"name":"m"}'],
      ["model_name", "m"],
      ["model_version", "1"],
    ]);
    this.configuration = server.string('{"name":"m"}');
    const failed = { has_error: 1n, is_error_set: 1n, error: BigInt(server.string("refused")) };
    this.metricAnswer = server.record("CustomMetricsMessage", failed) as Handle;
    this.sentResponse = server.record("ResponseSendMessage", failed) as Handle;
    const outputs = [tensor("OUT", 1, false), tensor("MORE", 2, true)].map(
      (output) => server.tensor(output) as Handle,
    );
    this.answer = this.parent.heap.locked(() => this.writeAnswerLocked(outputs));
    this.from = this.parent.controlHandle;
    this.to = this.parent.construct(1);
    this.handles = this.findHandles();
  }

  /** The decoders. Each throws a StubError when the bytes are not a valid message. */
  decoders(source: WireBytes & QueueBytes): readonly (() => void)[] {
    const reader = new WireReader(source);
    const { dialect } = this;
    return [
      () => this.decodeQueue(reader, source),
      () => this.decodeBatch(reader),
      () => void instanceArguments(dialect.dictionary.read(reader, this.initialise)),
      () => void dialect.autoComplete.readConfig(reader, this.configuration),
      () => void dialect.metrics.readError(reader, this.metricAnswer),
      () => void dialect.responseSend.readError(reader, this.sentResponse),
      () => this.decodeAnswer(reader),
      () => void dialect.responseBatch.decodeMessage(reader, this.answer[1]),
    ];
  }

  /** The records of another model's answer, which are the same as those of our answers. */
  private writeAnswerLocked(outputs: readonly Handle[]): readonly [Handle, Handle] {
    const { responseBatch, response } = this.dialect;
    const { writer } = this.parent;
    const one = response.encodeLocked(writer, outputs.length, '{"key":1}');
    outputs.forEach((output, index) => {
      response.setOutput(writer, one, index, output);
    });
    const made = responseBatch.encodeLocked(writer, 2);
    responseBatch.setResponse(writer, made, 0, one);
    responseBatch.setResponse(writer, made, 1, response.encodeErrorLocked(writer, 3, "wrong"));
    const failure = { reason: "refused", sentence: "model: refused" };
    return [made.message, responseBatch.encodeFailedLocked(writer, failure)];
  }

  private decodeAnswer(reader: WireReader): void {
    const { responseBatch, response } = this.dialect;
    const { responses } = responseBatch.decodeMessage(reader, this.answer[0]);
    for (const handle of responses.slice(0, 2)) {
      response.decode(reader, handle, this.response);
      for (const output of this.response.outputs.slice(0, this.response.outputCount)) {
        requireTensorInside(reader, output);
      }
    }
  }

  /** Handle of the batch of requests. */
  get batchHandle(): number {
    return this.batchAt;
  }

  private decodeQueue(reader: WireReader, source: QueueBytes): void {
    const { layout, controlHandle } = this.parent;
    const at = queueLayout(layout);
    const { stubMessageQueue } = readControl(reader, layout, controlHandle);
    new MessageQueue(source, stubMessageQueue, at, "command queue");
    const object = objectAt(stubMessageQueue);
    const slots = reader.u64(object, at.buffer) + OWNERSHIP_BYTES;
    requireInside(reader, "a queue's slots", slots, reader.u64(object, at.size) * 8);
  }

  private decodeBatch(reader: WireReader): void {
    const { message, requests, requestBatch } = this.dialect;
    requestBatch.decode(reader, message.decode(reader, this.message).args, this.batch);
    for (let index = 0; index < this.batch.count; index++) {
      const request = this.batch.requests[index]!;
      requireRequestInside(reader, request);
      requests.attributes(reader, request);
      requests.addresses(reader, request);
      requests.hasTextCorrelationId(reader, request);
    }
  }

  /** Offsets of all words that have the handle of a block of these messages. */
  private findHandles(): number[] {
    const { view } = this.parent.region;
    const found: number[] = [];
    for (let at = this.from; at < this.to; at += 8) {
      const value = view.getBigUint64(at, true);
      if (value >= this.from && value < this.to && value % 16n === 0n) found.push(at);
    }
    return found;
  }
}

/** Hostile values of a handle; `handle` is that of another block. */
export function hostileWords(handle: number, mappedBytes: number): bigint[] {
  return [
    0n,
    1n,
    8n,
    16n,
    144n,
    BigInt(handle),
    BigInt(handle + 16),
    BigInt(handle - 8),
    BigInt(mappedBytes),
    BigInt(mappedBytes - 16),
    BigInt(mappedBytes - 32),
    2n ** 31n,
    2n ** 32n - 16n,
    2n ** 32n,
    2n ** 53n - 16n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 16n,
    2n ** 64n - 1n,
  ];
}

function tensor(name: string, rank: number, separate: boolean) {
  return {
    name,
    datatype: 11,
    shape: Array.from({ length: rank }, () => 2n),
    data: new Uint8Array(4 * 2 ** rank).fill(0x3f),
    separate,
  };
}

/** Checks that a decoded place is within the region. */
function requireInside({ source }: WireReader, what: string, at: number, length: number): void {
  const inside = at >= 0 && length >= 0 && at + length <= source.mappedBytes;
  if (!inside) throw new Error(`${what} at ${at} with ${length} bytes was accepted`);
}

function requireRequestInside(reader: WireReader, request: RequestRecord): void {
  for (let index = 0; index < request.outputCount; index++) {
    const { at, bytes } = request.outputs[index]!;
    requireInside(reader, "an output's name", at, bytes);
  }
  for (let index = 0; index < request.inputCount; index++) {
    requireTensorInside(reader, request.inputs[index]!);
  }
}

function requireTensorInside(reader: WireReader, tensor: TensorRecord): void {
  requireInside(reader, "a name", tensor.nameAt, tensor.nameBytes);
  requireInside(reader, "a shape", tensor.shapeAt, tensor.rank * 8);
  requireInside(reader, "data", tensor.dataAt, tensor.dataBytes);
}
