import type { Endpoint } from "../../channel/endpoint.js";
import { printable } from "../../text.js";
import type { RequestAttributes, RequestRecord } from "../../wire/records/request.js";
import { RequestBatchRecord } from "../../wire/records/request-batch.js";
import type { TensorRecord } from "../../wire/records/tensor.js";
import { NO_TRACE, type Trace } from "../../wire/records/trace.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { callDepthOf, withoutCallDepth } from "./call-depth.js";
import { KEPT_FIRST, OpenRequest } from "./open-request.js";

/** The requests of the current batch and those that the guest keeps, as it reads them. */
export class BatchRequests {
  readonly carriesTextCorrelationIds: boolean;
  protected readonly endpoint: Endpoint;
  /** Overwritten by each batch. */
  protected readonly record = new RequestBatchRecord();
  /** The requests by their index. The objects are re-used, so there may be more of them than requests. */
  protected readonly requests: OpenRequest[] = [];
  /** The requests that the guest keeps, by their handle. */
  protected readonly kept = new Map<number, OpenRequest>();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.carriesTextCorrelationIds = endpoint.dialect.requests.carriesTextCorrelationIds;
  }

  isKept(request: number): boolean {
    return this.kept.has(request);
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
    const { kept, record } = this.open(request);
    return kept === undefined
      ? dialect.requests.hasTextCorrelationId(reader, record)
      : typeof kept.attributes.correlationId === "string";
  }

  requestFlags(request: number): number {
    const { dialect, reader } = this.endpoint;
    const { kept, record } = this.open(request);
    return kept?.attributes.flags ?? dialect.requests.flags(reader, record);
  }

  requestTimeout(request: number): bigint {
    const { dialect, reader } = this.endpoint;
    const { kept, record } = this.open(request);
    return (
      kept?.attributes.timeoutMicroseconds ?? dialect.requests.timeoutMicroseconds(reader, record)
    );
  }

  /** Number of calls that have led to the batch and to the requests that the guest keeps: that of the request with the most. */
  callDepth(): number {
    let depth = 0;
    const count = (request: number) => {
      depth = Math.max(depth, callDepthOf(this.attributes(request).parameters));
    };
    for (let request = 0; request < this.record.count; request++) count(request);
    for (const handle of this.kept.keys()) count(handle);
    return depth;
  }

  requestTrace(request: number): Trace {
    const { dialect, reader } = this.endpoint;
    const { index, record } = this.open(request);
    // The server has freed the record of a request that has outlived its batch.
    return index < 0 ? NO_TRACE : dialect.requests.trace(reader, record);
  }

  /** The places of an input. The object is re-used for the next batch. */
  inputRecord(request: number, input: number): TensorRecord {
    return this.input(request, input);
  }

  requestParameters(request: number): string {
    return withoutCallDepth(this.attributes(request).parameters);
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

  /** @param request an index in the batch, or the handle of a request that the guest keeps */
  protected open(request: number): OpenRequest {
    return request < KEPT_FIRST ? this.requests[request]! : this.kept.get(request)!;
  }

  protected request(request: number): RequestRecord {
    return this.open(request).record;
  }

  /** Makes an object for each request of {@link record}. */
  protected beginRequests(): void {
    const { record, requests } = this;
    for (let index = 0; index < record.count; index++) {
      requests[index] ??= new OpenRequest();
      requests[index]!.begin(index, record.requests[index]!);
    }
  }

  protected input(request: number, index: number): TensorRecord {
    return this.request(request).inputs[index]!;
  }

  protected attributes(request: number): RequestAttributes {
    const { dialect, reader } = this.endpoint;
    const { kept, record } = this.open(request);
    return kept?.attributes ?? dialect.requests.attributes(reader, record);
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
