import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import { OUTPUT_MAX_BYTES } from "../../limits.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { DATATYPE } from "../../wire/datatypes.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { RequestRecord } from "../../wire/records/request.js";
import { type TensorForm, TensorRecord } from "../../wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { BatchRequests } from "./batch-requests.js";
import {
  finishedRequest,
  type OutputPlace,
  outputsTooLarge,
  outputTwice,
  writtenBeforeCreated,
  writtenBeyondEnd,
  wrongOutputSize,
  zerosWithoutSize,
} from "./errors.js";
import type { OpenRequest } from "./open-request.js";
import { countedBytes, elementCount, OutputData, tensorBytes } from "./output-data.js";
import type { ResponseDraft } from "./response-draft.js";

/** The outputs of the guest's responses. The core copies tensors inside the region, once. */
export class BatchOutputs extends BatchRequests {
  readonly carriesParameters: boolean;
  /** Maximum of the outputs of one batch together, in bytes. */
  outputMaxBytes: number = OUTPUT_MAX_BYTES.default;
  /** Sum of {@link countedBytes} over the outputs that are not sent. */
  private outputBytes = 0;
  /** Number of these outputs. */
  private outputsCreated = 0;
  /** Length of the ledger before the first of these outputs. */
  protected unsentFrom = 0;
  protected readonly target = new TensorRecord();

  constructor(endpoint: Endpoint) {
    super(endpoint);
    this.carriesParameters = endpoint.dialect.response.carriesParameters;
  }

  createOutput(
    request: number,
    output: number,
    datatype: number,
    shape: readonly number[],
    byteSize: number,
  ): boolean {
    const isBytes = datatype === DATATYPE.bytes;
    const expected = tensorBytes(datatype, shape);
    if (!isBytes && byteSize !== expected) {
      throw wrongOutputSize(this.place(request, output), { datatype, shape }, byteSize, expected);
    }
    const target = this.makeShapedOutput(request, output, datatype, shape, byteSize);
    if (target === undefined) return false;
    const { heap } = this.endpoint;
    const elements = isBytes ? elementCount(shape) : -1;
    const data = new OutputData(heap, output, target.dataAt, byteSize, elements);
    this.open(request).draft.written.push(data);
    return true;
  }

  writeOutput(
    request: number,
    output: number,
    offset: number,
    source: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    const draft = this.draft(request);
    if (draft.failed) return false;
    const data = draft.written.find((data) => data.output === output);
    if (data === undefined) throw writtenBeforeCreated(this.place(request, output));
    const end = offset + length;
    if (end > data.byteSize) {
      throw writtenBeyondEnd(this.place(request, output), data.byteSize, end);
    }
    data.write(offset, source, at, length);
    return true;
  }

  zeroOutput(request: number, output: number, datatype: number, shape: readonly number[]): boolean {
    const bytes = tensorBytes(datatype, shape);
    if (Number.isNaN(bytes)) throw zerosWithoutSize(this.place(request, output), datatype);
    const target = this.makeShapedOutput(request, output, datatype, shape, bytes);
    if (target === undefined) return false;
    this.endpoint.heap.core.zeroBytes(target.dataAt, bytes);
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    const draft = this.draft(request);
    draft.failed = true;
    draft.errorCode = code >= 0 && code <= TRITON_ERROR.cancelled ? code : TRITON_ERROR.internal;
    draft.errorMessage = message;
  }

  /** The batch or the call has ended: nothing is waiting to be sent. */
  protected resetOutputs(): void {
    this.outputBytes = 0;
    this.outputsCreated = 0;
  }

  /** The blocks of what is not sent begin here. */
  protected beginUnsent(): void {
    this.unsentFrom = this.endpoint.heap.ledger.count;
  }

  /** A call of another model has added a block to the ledger. From now on, not every block after {@link unsentFrom} is part of an unsent response. */
  noteOtherBlocks(): void {
    this.unsentFrom = Number.POSITIVE_INFINITY;
  }

  /** Whether outputs are created that are not sent. */
  protected get hasOutputs(): boolean {
    return this.outputsCreated > 0;
  }

  /** The response was sent, or is given up: the request's next one begins. */
  protected emptyDraft({ draft, record, isEnded }: OpenRequest): void {
    this.outputBytes -= draft.countedBytes;
    this.outputsCreated -= draft.outputCount;
    draft.reset(record.outputCount);
    draft.failed = isEnded;
  }

  /** @throws StubError when the last response to the request was sent */
  protected draft(request: number): ResponseDraft {
    const open = this.open(request);
    if (open.isFinished) throw finishedRequest(request);
    return open.draft;
  }

  /**
   * Constructs the tensor of a requested output, and writes its name. The caller writes shape and data.
   * @returns undefined when the request has failed already, or fails because there is no room
   */
  private makeOutput(
    request: number,
    output: number,
    facts: Omit<TensorForm, "nameBytes">,
  ): TensorRecord | undefined {
    const { heap, writer, dialect } = this.endpoint;
    const { tensors } = dialect;
    const name = this.request(request).outputs[output]!;
    const form = { ...facts, nameBytes: name.bytes };
    const handle = this.constructOutput(request, output, form, tensors.objectBytes(form));
    if (handle === NO_HANDLE) return undefined;
    const { target } = this;
    tensors.fill(writer, handle, form, target);
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    return target;
  }

  /**
   * Constructs the block of a requested output.
   * @param form datatype and size of the data, which may be in another block
   * @param objectBytes size of the block
   * @returns its handle; {@link NO_HANDLE} when the request has failed already, or fails because there is no room
   */
  protected constructOutput(
    request: number,
    output: number,
    { datatype, dataBytes }: TensorForm,
    objectBytes: number,
  ): Handle {
    const draft = this.draft(request);
    if (draft.failed) return NO_HANDLE;
    if (draft.outputs[output] !== NO_HANDLE) throw outputTwice(this.place(request, output));
    const counted = countedBytes(datatype, dataBytes);
    const outputBytes = this.outputBytes + counted;
    // Most outputs are below the limit: the inputs are counted only for the others.
    const allowed = outputBytes > this.outputMaxBytes ? this.outputBytesAllowed() : outputBytes;
    if (outputBytes > allowed) {
      const description = this.describeOutput(request, output);
      const message = outputsTooLarge(description, dataBytes, outputBytes, allowed);
      this.failRequest(request, TRITON_ERROR.unavailable, message);
      return NO_HANDLE;
    }
    const { heap } = this.endpoint;
    if (!this.hasOutputs) this.beginUnsent();
    try {
      draft.outputs[output] = heap.construct(objectBytes);
    } catch (error) {
      this.failRequest(request, TRITON_ERROR.unavailable, messageOf(error));
      return NO_HANDLE;
    }
    this.outputBytes = outputBytes;
    this.outputsCreated += 1;
    draft.outputCount += 1;
    draft.countedBytes += counted;
    draft.dataBytes += dataBytes;
    return draft.outputs[output]!;
  }

  /** As {@link makeOutput}, and writes the shape. */
  private makeShapedOutput(
    request: number,
    output: number,
    datatype: number,
    shape: readonly number[],
    dataBytes: number,
  ): TensorRecord | undefined {
    const target = this.makeOutput(request, output, { datatype, rank: shape.length, dataBytes });
    if (target === undefined) return undefined;
    const { writer } = this.endpoint;
    for (const [index, dimension] of shape.entries()) {
      writer.i64(target.shapeAt, index * DIMENSION_BYTES, BigInt(dimension));
    }
    return target;
  }

  private place(request: number, output: number): OutputPlace {
    return { request, output, description: this.describeOutput(request, output) };
  }

  /** The limit is never below the size of the inputs: a model may always return what its clients have sent. */
  private outputBytesAllowed(): number {
    let inputBytes = 0;
    const count = ({ inputs, inputCount }: RequestRecord) => {
      for (const { datatype, dataBytes } of inputs.slice(0, inputCount)) {
        inputBytes += countedBytes(datatype, dataBytes);
      }
    };
    for (const request of this.record.requests.slice(0, this.record.count)) count(request);
    for (const { record, index } of this.kept.values()) if (index < 0) count(record);
    return Math.max(this.outputMaxBytes, inputBytes);
  }
}
