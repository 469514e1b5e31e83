import { messageOf, StubError } from "../errors.js";
import type { BatchServices, ParameterValue } from "../guest/services.js";
import { DATATYPES, TRITON_ERROR } from "../wire/datatypes.js";
import { RequestBatchRecord } from "../wire/execute.js";
import type {
  InferRequestRecord,
  RequestAddresses,
  RequestAttributes,
} from "../wire/infer-request.js";
import { TensorRecord } from "../wire/tensor.js";
import type { Connection } from "./connection.js";
import { ResponseDraft } from "./response-draft.js";

const INT64_BYTES = 8;

/**
 * The batch in work: the requests as the guest sees them, and the responses that it makes. Tensors are copied inside the
 * region by the core, once.
 */
export class Batch implements BatchServices {
  readonly carriesParameters: boolean;
  readonly carriesTextCorrelationIds: boolean;
  private readonly connection: Connection;
  private readonly batch = new RequestBatchRecord();
  private readonly drafts: ResponseDraft[] = [];
  private readonly target = new TensorRecord();

  constructor(connection: Connection) {
    this.connection = connection;
    const { execute } = connection.dialect;
    this.carriesParameters = execute.carriesParameters;
    this.carriesTextCorrelationIds = execute.requests.carriesTextCorrelationIds;
  }

  /** Decodes the batch behind an ExecuteRequest's args. @throws StubError when its bytes make no batch */
  begin(args: number): void {
    const { dialect, reader } = this.connection;
    dialect.execute.decode(reader, args, this.batch);
    for (let index = 0; index < this.batch.count; index++) {
      this.drafts[index] ??= new ResponseDraft();
      this.drafts[index]!.reset(this.batch.requests[index]!.outputCount);
    }
  }

  /** Forgets the batch: outside of an execution a guest finds no requests. */
  end(): void {
    this.batch.count = 0;
  }

  /** What answers outside of the ExecuteResponse have to name, for each request. */
  allAddresses(): RequestAddresses[] {
    const { dialect, reader } = this.connection;
    return this.batch.requests
      .slice(0, this.batch.count)
      .map((request) => dialect.execute.requests.addresses(reader, request));
  }

  requestCount(): number {
    return this.batch.count;
  }

  requestId(request: number): string {
    return this.attributes(request).id;
  }

  correlationId(request: number): bigint | string {
    return this.attributes(request).correlationId;
  }

  hasTextCorrelationId(request: number): boolean {
    const { dialect, reader } = this.connection;
    return dialect.execute.requests.hasTextCorrelationId(reader, this.request(request));
  }

  inputCount(request: number): number {
    return this.request(request).inputCount;
  }

  outputCount(request: number): number {
    return this.request(request).outputCount;
  }

  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const { nameAt, nameBytes } = this.input(request, input);
    this.copyOut(nameAt, nameBytes, target, at, capacity);
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
    this.copyOut(shapeAt, rank * INT64_BYTES, target, at, capacity * INT64_BYTES);
    return rank;
  }

  inputByteSize(request: number, input: number): number {
    return this.input(request, input).dataBytes;
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

  copyInputToOutput(request: number, output: number, input: number): boolean {
    const source = this.input(request, input);
    const { datatype, rank, dataBytes } = source;
    const target = this.makeOutput(request, output, datatype, rank, dataBytes);
    if (target === undefined) return false;
    // The block is ours alone: fill it without the mutex, a large copy would hold up the server.
    const { core } = this.connection.heap;
    core.copyBytes(target.shapeAt, source.shapeAt, rank * INT64_BYTES);
    core.copyBytes(target.dataAt, source.dataAt, dataBytes);
    return true;
  }

  zeroOutput(request: number, output: number, datatype: number, shape: readonly number[]): boolean {
    const elementBytes = DATATYPES[datatype]?.bytes ?? 0;
    if (elementBytes === 0) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model makes a tensor of zeros with datatype ${DATATYPES[datatype]?.name ?? datatype}, whose elements have no fixed size`,
        { request, output, datatype },
      );
    }
    // A huge product is refused with the block; one that left the numbers' range must not become NaN.
    const bytes = shape.includes(0)
      ? 0
      : shape.reduce((product, dimension) => product * dimension, elementBytes);
    const target = this.makeOutput(request, output, datatype, shape.length, bytes);
    if (target === undefined) return false;
    const { core, region } = this.connection.heap;
    for (const [index, dimension] of shape.entries()) {
      region.view.setBigInt64(target.shapeAt + index * INT64_BYTES, BigInt(dimension), true);
    }
    core.zeroBytes(target.dataAt, bytes);
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    const draft = this.drafts[request]!;
    draft.failed = true;
    draft.errorCode = code >= 0 && code <= TRITON_ERROR.cancelled ? code : TRITON_ERROR.internal;
    draft.errorMessage = message;
  }

  setParameter(request: number, key: string, value: ParameterValue): void {
    this.drafts[request]!.setParameter(key, value);
  }

  private request(index: number): InferRequestRecord {
    return this.batch.requests[index]!;
  }

  private input(request: number, index: number): TensorRecord {
    return this.request(request).inputs[index]!;
  }

  private attributes(request: number): RequestAttributes {
    const { dialect, reader } = this.connection;
    return dialect.execute.requests.attributes(reader, this.request(request));
  }

  /**
   * A new tensor for a requested output, with its name; shape and data are still to be written.
   * @returns undefined when the request has failed, before or because there is no room
   */
  private makeOutput(
    request: number,
    output: number,
    datatype: number,
    rank: number,
    dataBytes: number,
  ): TensorRecord | undefined {
    const draft = this.drafts[request]!;
    if (draft.failed) return undefined;
    if (draft.outputs[output] !== 0) {
      throw new StubError(
        "ERR_GUEST_OUTPUT",
        `the model made output ${output} of request ${request} twice`,
        { request, output },
      );
    }
    const name = this.request(request).outputs[output]!;
    const { heap, dialect } = this.connection;
    const { tensors } = dialect.execute;
    let handle: number;
    try {
      handle = heap.locked(() =>
        heap.constructLocked(tensors.objectBytes(rank, name.bytes, dataBytes)),
      );
    } catch (error) {
      this.failRequest(request, TRITON_ERROR.unavailable, messageOf(error));
      return undefined;
    }
    const { target } = this;
    tensors.fill(heap, handle, datatype, rank, name.bytes, dataBytes, target);
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    draft.outputs[output] = handle;
    return target;
  }

  /** Encodes what the guest has answered to a request. @returns the response's handle */
  encodeResponseLocked(request: number): number {
    const { heap, dialect } = this.connection;
    const draft = this.drafts[request]!;
    if (draft.failed) {
      return dialect.execute.encodeErrorResponseLocked(heap, draft.errorCode, draft.errorMessage);
    }
    let count = 0;
    for (const tensor of draft.outputs) if (tensor !== 0) count++;
    const response = dialect.execute.encodeResponseLocked(heap, count, draft.parametersJson());
    let index = 0;
    for (const tensor of draft.outputs) {
      if (tensor !== 0) dialect.execute.setOutput(heap, response, index++, tensor);
    }
    return response;
  }

  /** Names are a few bytes: a loop beats a call that first makes a view. */
  private copyOut(
    from: number,
    length: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): void {
    const { bytes } = this.connection.region;
    const count = Math.min(length, capacity);
    for (let index = 0; index < count; index++) target[at + index] = bytes[from + index]!;
  }
}
