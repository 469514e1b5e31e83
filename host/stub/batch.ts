import { messageOf, StubError } from "../errors.js";
import type { GuestServices } from "../guest/services.js";
import { TRITON_ERROR } from "../wire/datatypes.js";
import { RequestBatchRecord } from "../wire/execute.js";
import { TensorRecord } from "../wire/tensor.js";
import type { Connection } from "./connection.js";
import type { Logger } from "./logger.js";

const INT64_BYTES = 8;

/** What the guest has answered to one request so far. */
class ResponseDraft {
  /** Handle of the tensor of each requested output; 0: not produced. */
  readonly outputs: number[] = [];
  failed = false;
  errorCode = 0;
  errorMessage = "";

  reset(outputCount: number): void {
    this.outputs.length = 0;
    for (let index = 0; index < outputCount; index++) this.outputs.push(0);
    this.failed = false;
    this.errorMessage = "";
  }
}

/**
 * The batch in work: the requests as the guest sees them, and the responses that it makes. Tensors are copied inside the
 * region by the core, once.
 */
export class Batch implements GuestServices {
  private readonly connection: Connection;
  private readonly logger: Logger;
  private readonly batch = new RequestBatchRecord();
  private readonly drafts: ResponseDraft[] = [];
  private readonly target = new TensorRecord();

  constructor(connection: Connection, logger: Logger) {
    this.connection = connection;
    this.logger = logger;
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

  /** Encodes the responses of the first execute era. @returns the handle of the ExecuteResponse's record */
  encode(): number {
    const { heap, dialect } = this.connection;
    heap.lock();
    try {
      const handle = dialect.execute.encodeBatchLocked(heap, this.batch.count);
      for (let index = 0; index < this.batch.count; index++) {
        dialect.execute.setResponse(heap, handle, index, this.encodeResponse(this.drafts[index]!));
      }
      return handle;
    } finally {
      heap.unlock();
    }
  }

  requestCount(): number {
    return this.batch.count;
  }

  inputCount(request: number): number {
    return this.batch.requests[request]!.inputCount;
  }

  outputCount(request: number): number {
    return this.batch.requests[request]!.outputCount;
  }

  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const { nameAt, nameBytes } = this.batch.requests[request]!.inputs[input]!;
    this.copyOut(nameAt, nameBytes, target, at, capacity);
    return nameBytes;
  }

  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number {
    const name = this.batch.requests[request]!.outputs[output]!;
    this.copyOut(name.at, name.bytes, target, at, capacity);
    return name.bytes;
  }

  copyInputToOutput(request: number, output: number, input: number): boolean {
    const draft = this.drafts[request]!;
    if (draft.failed) return false;
    if (draft.outputs[output] !== 0) {
      throw new StubError(
        "ERR_GUEST_OUTPUT",
        `the model made output ${output} of request ${request} twice`,
        { request, output },
      );
    }
    const source = this.batch.requests[request]!.inputs[input]!;
    const name = this.batch.requests[request]!.outputs[output]!;
    const { heap, dialect } = this.connection;
    const { tensors } = dialect.execute;
    let handle: number;
    try {
      heap.lock();
      try {
        handle = heap.constructLocked(
          tensors.objectBytes(source.rank, name.bytes, source.dataBytes),
        );
      } finally {
        heap.unlock();
      }
    } catch (error) {
      this.failRequest(request, TRITON_ERROR.unavailable, messageOf(error));
      return false;
    }
    // The block is ours alone: fill it without the mutex, a large copy would hold up the server.
    const target = this.target;
    tensors.fill(heap, handle, source.datatype, source.rank, name.bytes, source.dataBytes, target);
    heap.core.copyBytes(target.shapeAt, source.shapeAt, source.rank * INT64_BYTES);
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    heap.core.copyBytes(target.dataAt, source.dataAt, source.dataBytes);
    draft.outputs[output] = handle;
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    const draft = this.drafts[request]!;
    draft.failed = true;
    draft.errorCode = code >= 0 && code <= TRITON_ERROR.cancelled ? code : TRITON_ERROR.internal;
    draft.errorMessage = message;
  }

  log(level: number, message: string): void {
    this.logger.log(level, message);
  }

  private encodeResponse(draft: ResponseDraft): number {
    const { heap, dialect } = this.connection;
    if (draft.failed) {
      return dialect.execute.encodeErrorResponseLocked(heap, draft.errorCode, draft.errorMessage);
    }
    let count = 0;
    for (const tensor of draft.outputs) if (tensor !== 0) count++;
    const response = dialect.execute.encodeResponseLocked(heap, count);
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
