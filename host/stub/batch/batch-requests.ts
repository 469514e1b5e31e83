import type { Endpoint } from "../../channel/endpoint.js";
import { printable } from "../../text.js";
import type {
  RequestAddresses,
  RequestAttributes,
  RequestRecord,
} from "../../wire/records/request.js";
import { RequestBatchRecord } from "../../wire/records/request-batch.js";
import type { TensorRecord } from "../../wire/records/tensor.js";
import type { Trace } from "../../wire/records/trace.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { callDepthOf } from "./call-depth.js";

/** The requests of the current batch, as the guest reads them. */
export class BatchRequests {
  readonly carriesTextCorrelationIds: boolean;
  protected readonly endpoint: Endpoint;
  /** Overwritten by each batch. */
  protected readonly record = new RequestBatchRecord();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.carriesTextCorrelationIds = endpoint.dialect.requests.carriesTextCorrelationIds;
  }

  /** The server's addresses of each request, which messages beside the ExecuteResponse carry. */
  allAddresses(): RequestAddresses[] {
    const { dialect, reader } = this.endpoint;
    return this.record.requests
      .slice(0, this.record.count)
      .map((request) => dialect.requests.addresses(reader, request));
  }

  requestCount(): number {
    return this.record.count;
  }

  requestId(request: number): string {
    return this.attributes(request).id;
  }

  correlationId(request: number): bigint | string {
    return this.attributes(request).correlationId;
  }

  hasTextCorrelationId(request: number): boolean {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.hasTextCorrelationId(reader, this.request(request));
  }

  requestFlags(request: number): number {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.flags(reader, this.request(request));
  }

  requestTimeout(request: number): bigint {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.timeoutMicroseconds(reader, this.request(request));
  }

  /** Number of calls that have led to the batch: that of its request with the most. */
  callDepth(): number {
    let depth = 0;
    for (let request = 0; request < this.record.count; request++) {
      depth = Math.max(depth, callDepthOf(this.requestParameters(request)));
    }
    return depth;
  }

  requestTrace(request: number): Trace {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.trace(reader, this.request(request));
  }

  /** The places of an input. The object is re-used for the next batch. */
  inputRecord(request: number, input: number): TensorRecord {
    return this.input(request, input);
  }

  requestParameters(request: number): string {
    return this.attributes(request).parameters;
  }

  inputCount(request: number): number {
    return this.request(request).inputCount;
  }

  outputCount(request: number): number {
    return this.request(request).outputCount;
  }

  findInput(request: number, source: Uint8Array, at: number, length: number): number | undefined {
    const { inputs, inputCount } = this.request(request);
    for (let index = 0; index < inputCount; index++) {
      const { savedName, nameAt, nameBytes } = inputs[index]!;
      if (nameBytes !== length) continue;
      const name = savedName ?? this.endpoint.region.bytes;
      if (isSame(name, savedName === undefined ? nameAt : 0, source, at, length)) return index;
    }
    return undefined;
  }

  findOutput(request: number, source: Uint8Array, at: number, length: number): number | undefined {
    const { outputs, outputCount } = this.request(request);
    for (let index = 0; index < outputCount; index++) {
      const name = outputs[index]!;
      const { bytes } = this.endpoint.region;
      if (name.bytes === length && isSame(bytes, name.at, source, at, length)) return index;
    }
    return undefined;
  }

  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const { savedName, nameAt, nameBytes } = this.input(request, input);
    if (savedName === undefined) this.copyOut(nameAt, nameBytes, target, at, capacity);
    else target.set(savedName.subarray(0, capacity), at);
    return nameBytes;
  }

  inputDatatype(request: number, input: number): number {
    return this.input(request, input).datatype;
  }

  inputShape(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const { shapeAt, rank } = this.input(request, input);
    this.copyOut(shapeAt, rank * DIMENSION_BYTES, target, at, capacity * DIMENSION_BYTES);
    return rank;
  }

  inputByteSize(request: number, input: number): number {
    return this.input(request, input).dataBytes;
  }

  readInput(
    request: number,
    input: number,
    offset: number,
    target: Uint8Array,
    at: number,
    length: number,
  ): number {
    const { dataAt, dataBytes } = this.input(request, input);
    const count = Math.min(length, Math.max(0, dataBytes - offset));
    const from = dataAt + offset;
    if (count > 0) target.set(this.endpoint.region.bytes.subarray(from, from + count), at);
    return count;
  }

  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const name = this.request(request).outputs[output]!;
    this.copyOut(name.at, name.bytes, target, at, capacity);
    return name.bytes;
  }

  describeOutput(request: number, output: number): string {
    const { at, bytes } = this.request(request).outputs[output]!;
    return `output '${printable(this.endpoint.reader.text(at, bytes))}' of request ${request}`;
  }

  protected request(index: number): RequestRecord {
    return this.record.requests[index]!;
  }

  protected input(request: number, index: number): TensorRecord {
    return this.request(request).inputs[index]!;
  }

  private attributes(request: number): RequestAttributes {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.attributes(reader, this.request(request));
  }

  /** A loop is faster than `set` with a new view: most names have a few bytes. */
  private copyOut(
    from: number,
    length: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): void {
    const { bytes } = this.endpoint.region;
    const count = Math.min(length, capacity);
    for (let index = 0; index < count; index++) target[at + index] = bytes[from + index]!;
  }
}

function isSame(
  name: Uint8Array,
  nameAt: number,
  source: Uint8Array,
  at: number,
  length: number,
): boolean {
  for (let index = 0; index < length; index++) {
    if (name[nameAt + index] !== source[at + index]) return false;
  }
  return true;
}
