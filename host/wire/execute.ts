import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { InferRequestCodec, InferRequestRecord } from "./infer-request.js";
import { type Layout, offsetsOf, structOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";
import { TensorCodec } from "./tensor.js";
import { constructZeroedLocked } from "./zeroed.js";

const HANDLE_BYTES = 8;

/** A decoded `ExecuteRequest`; its records are re-used from batch to batch. */
export class RequestBatchRecord {
  count = 0;
  readonly requests: InferRequestRecord[] = [];
}

/** The requests of an `ExecuteRequest`, and the responses to them. */
export class ExecuteCodec {
  readonly tensors: TensorCodec;
  readonly requests: InferRequestCodec;
  private readonly requestBatch: Readonly<Record<"batch_size" | "bytes", number>>;
  private readonly response: Readonly<
    Record<
      "outputs_size" | "error" | "has_error" | "is_error_set" | "is_last_response" | "bytes",
      number
    >
  >;
  /** Offset of the handle of a response's parameters: from 25.02 on, undefined before. */
  private readonly parametersAt: number | undefined;
  private readonly error: Readonly<Record<"code" | "message_shm_handle" | "bytes", number>>;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    this.tensors = new TensorCodec(layout, strings);
    this.requests = new InferRequestCodec(layout, strings, this.tensors);
    this.requestBatch = offsetsOf(layout, "RequestBatch", "batch_size");
    this.response = offsetsOf(
      layout,
      "ResponseShm",
      "outputs_size",
      "error",
      "has_error",
      "is_error_set",
      "is_last_response",
    );
    this.parametersAt = structOf(layout, "ResponseShm").fields.parameters?.[0];
    this.error = offsetsOf(layout, "PbErrorShm", "code", "message_shm_handle");
  }

  /** Decodes the batch at `handle` (the args of an ExecuteRequest). */
  decode(reader: WireReader, handle: number, into: RequestBatchRecord): void {
    const handles = this.decodeHead(reader, handle, into);
    for (let index = 0; index < into.count; index++) {
      const request = (into.requests[index] ??= new InferRequestRecord());
      this.requests.decode(reader, handles + index * HANDLE_BYTES, request);
    }
  }

  /** Decodes only where the requests are: what answers to them need, also when a guest has been stopped in the middle of its work. */
  decodeRequests(reader: WireReader, handle: number, into: RequestBatchRecord): void {
    const handles = this.decodeHead(reader, handle, into);
    for (let index = 0; index < into.count; index++) {
      const request = (into.requests[index] ??= new InferRequestRecord());
      this.requests.decodePlace(reader, handles + index * HANDLE_BYTES, request);
    }
  }

  /** @returns offset of the handles of the requests */
  private decodeHead(reader: WireReader, handle: number, into: RequestBatchRecord): number {
    const object = reader.objectOf(handle, this.requestBatch.bytes, "a batch of requests");
    into.count = reader.u32(object + this.requestBatch.batch_size);
    const handles = object + this.requestBatch.bytes;
    reader.requireRange(handles, into.count * HANDLE_BYTES, "a batch of requests");
    return handles;
  }

  /** Whether this release's responses have parameters. */
  get carriesParameters(): boolean {
    return this.parametersAt !== undefined;
  }

  /**
   * A response with room for `outputCount` tensors, set through {@link setOutput}.
   * @param parameters text of a JSON object; from 25.02 on the server reads one of every response that is no error
   * @returns its handle
   */
  encodeResponseLocked(heap: Heap, outputCount: number, parameters: string): number {
    const handle = this.encodeResponseHeadLocked(heap, outputCount);
    if (this.parametersAt !== undefined) {
      const text = this.strings.writeLocked(heap, parameters);
      heap.region.view.setUint32(handle + OWNERSHIP_BYTES + this.parametersAt, text, true);
    }
    return handle;
  }

  private encodeResponseHeadLocked(heap: Heap, outputCount: number): number {
    const handle = constructZeroedLocked(heap, this.response.bytes + outputCount * HANDLE_BYTES);
    const object = handle + OWNERSHIP_BYTES;
    heap.region.view.setUint32(object + this.response.outputs_size, outputCount, true);
    heap.region.view.setUint8(object + this.response.is_last_response, 1);
    return handle;
  }

  setOutput(heap: Heap, response: number, index: number, tensor: number): void {
    const at = response + OWNERSHIP_BYTES + this.response.bytes + index * HANDLE_BYTES;
    heap.region.view.setUint32(at, tensor, true);
  }

  /** A response that is an error of one request. @param code of `TRITON_ERROR` @returns its handle */
  encodeErrorResponseLocked(heap: Heap, code: number, message: string): number {
    const text = this.strings.writeLocked(heap, message);
    const error = constructZeroedLocked(heap, this.error.bytes);
    const handle = this.encodeResponseHeadLocked(heap, 0);
    const { view } = heap.region;
    view.setUint32(error + OWNERSHIP_BYTES + this.error.code, code, true);
    view.setUint32(error + OWNERSHIP_BYTES + this.error.message_shm_handle, text, true);
    const object = handle + OWNERSHIP_BYTES;
    view.setUint32(object + this.response.error, error, true);
    view.setUint8(object + this.response.has_error, 1);
    view.setUint8(object + this.response.is_error_set, 1);
    return handle;
  }
}
