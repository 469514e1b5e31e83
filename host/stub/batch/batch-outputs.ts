import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf, StubError } from "../../errors.js";
import type { ParameterValue } from "../../guest/services.js";
import {
  BATCH_PARAMETERS_MAX_LENGTH,
  OUTPUT_MAX_BYTES,
  RESPONSE_PARAMETERS_MAX,
} from "../../limits.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { DATATYPE, DATATYPES } from "../../wire/datatypes.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { type TensorForm, TensorRecord } from "../../wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { BatchRequests } from "./batch-requests.js";
import { countedBytes, elementCount, OutputData, tensorBytes } from "./output-data.js";
import { ResponseDraft } from "./response-draft.js";

/** What the guest answers to the requests of the batch in work. Tensors are copied inside the region by the core, once. */
export class BatchOutputs extends BatchRequests {
  readonly carriesParameters: boolean;
  /** Bytes that the outputs of one batch may have together. */
  outputMaxBytes: number = OUTPUT_MAX_BYTES.default;
  /** Used again for each batch: the first ones belong to its requests. */
  protected readonly drafts: ResponseDraft[] = [];
  /** Of the outputs of the batch, as {@link countedBytes} has them. */
  private outputBytes = 0;
  private parametersLength = 0;
  private readonly target = new TensorRecord();

  constructor(endpoint: Endpoint) {
    super(endpoint);
    this.carriesParameters = endpoint.dialect.response.carriesParameters;
  }

  copyInputToOutput(request: number, output: number, input: number): boolean {
    const { heap, writer, dialect } = this.endpoint;
    const { tensors } = dialect;
    const source = this.input(request, input);
    const { datatype, rank, dataBytes } = source;
    const name = this.request(request).outputs[output]!;
    const form = { datatype, rank, nameBytes: name.bytes, dataBytes };
    const objectBytes = tensors.sharingBytes(form);
    const handle = this.constructOutput(request, output, form, objectBytes);
    if (handle === NO_HANDLE) return false;
    const { target } = this;
    // The server copies the bytes from where they are: every response is sent before it lets the requests go.
    tensors.fillSharing(writer, handle, form, { source, into: target });
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    heap.core.copyBytes(target.shapeAt, source.shapeAt, rank * DIMENSION_BYTES);
    return true;
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
      const known = DATATYPES[datatype]?.name;
      this.refuseOutput(
        request,
        output,
        known === undefined
          ? `with datatype ${datatype}, which does not exist`
          : `with ${byteSize} bytes, but datatype ${known} and shape [${shape}] make ${expected}`,
      );
    }
    const target = this.makeShapedOutput(request, output, datatype, shape, byteSize);
    if (target === undefined) return false;
    const { heap } = this.endpoint;
    const elements = isBytes ? elementCount(shape) : -1;
    const data = new OutputData(heap, output, target.dataAt, byteSize, elements);
    this.drafts[request]!.written.push(data);
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
    const draft = this.drafts[request]!;
    if (draft.failed) return false;
    const data = draft.written.find((data) => data.output === output);
    if (data === undefined) {
      return this.refuseOutput(request, output, "by output_write without output_create before it");
    }
    if (offset + length > data.byteSize) {
      const end = offset + length;
      this.refuseOutput(
        request,
        output,
        `with ${data.byteSize} bytes, but writes it up to byte ${end}`,
      );
    }
    data.write(offset, source, at, length);
    return true;
  }

  zeroOutput(request: number, output: number, datatype: number, shape: readonly number[]): boolean {
    const bytes = tensorBytes(datatype, shape);
    if (Number.isNaN(bytes)) {
      this.refuseOutput(
        request,
        output,
        `of zeros with datatype ${DATATYPES[datatype]?.name ?? datatype}, whose elements have no fixed size`,
      );
    }
    const target = this.makeShapedOutput(request, output, datatype, shape, bytes);
    if (target === undefined) return false;
    this.endpoint.heap.core.zeroBytes(target.dataAt, bytes);
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    const draft = this.drafts[request]!;
    draft.failed = true;
    draft.errorCode = code >= 0 && code <= TRITON_ERROR.cancelled ? code : TRITON_ERROR.internal;
    draft.errorMessage = message;
  }

  setParameter(request: number, key: string, value: ParameterValue): void {
    const draft = this.drafts[request]!;
    if (draft.parameterCount >= RESPONSE_PARAMETERS_MAX) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model sets more than ${RESPONSE_PARAMETERS_MAX} parameters of the response to request ${request}`,
        { request },
      );
    }
    this.parametersLength += key.length + (typeof value === "string" ? value.length : 0);
    if (this.parametersLength > BATCH_PARAMETERS_MAX_LENGTH) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model sets parameters of the batch's responses with more than ${BATCH_PARAMETERS_MAX_LENGTH} characters together`,
        { request },
      );
    }
    draft.setParameter(key, value);
  }

  protected resetDrafts(): void {
    this.outputBytes = 0;
    this.parametersLength = 0;
    for (let index = 0; index < this.record.count; index++) {
      this.drafts[index] ??= new ResponseDraft();
      this.drafts[index]!.reset(this.record.requests[index]!.outputCount);
    }
  }

  /**
   * A new tensor for a requested output, with its name; shape and data are still to be written.
   * @returns undefined when the request has failed, before or because there is no room
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
   * The block of a requested output.
   * @param form of the tensor, wherever its data is
   * @param objectBytes of the block
   * @returns its handle; none when the request has failed, before or because there is no room
   */
  private constructOutput(
    request: number,
    output: number,
    { datatype, dataBytes }: TensorForm,
    objectBytes: number,
  ): Handle {
    const draft = this.drafts[request]!;
    if (draft.failed) return NO_HANDLE;
    if (draft.outputs[output] !== NO_HANDLE) this.refuseOutput(request, output, "twice");
    const outputBytes = this.outputBytes + countedBytes(datatype, dataBytes);
    if (outputBytes > this.outputMaxBytes && outputBytes > this.outputBytesAllowed()) {
      const what = this.describeOutput(request, output);
      this.failRequest(
        request,
        TRITON_ERROR.unavailable,
        `the model makes ${what} with ${dataBytes} bytes: the outputs of the batch would count ${outputBytes} bytes, more than the ` +
          `${this.outputBytesAllowed()} of its ${OUTPUT_MAX_BYTES.parameter} or its inputs (an element counts at least 4)`,
      );
      return NO_HANDLE;
    }
    const { heap } = this.endpoint;
    try {
      draft.outputs[output] = heap.construct(objectBytes);
    } catch (error) {
      this.failRequest(request, TRITON_ERROR.unavailable, messageOf(error));
      return NO_HANDLE;
    }
    this.outputBytes = outputBytes;
    return draft.outputs[output]!;
  }

  /** As {@link makeOutput}, with its shape. */
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

  private refuseOutput(request: number, output: number, how: string): never {
    throw new StubError(
      "ERR_GUEST_OUTPUT",
      `the model makes ${this.describeOutput(request, output)} ${how}`,
      { request, output },
    );
  }

  /** A model may always answer with as much as its clients have sent. */
  private outputBytesAllowed(): number {
    let inputBytes = 0;
    for (let index = 0; index < this.record.count; index++) {
      const { inputs, inputCount } = this.record.requests[index]!;
      for (const { datatype, dataBytes } of inputs.slice(0, inputCount)) {
        inputBytes += countedBytes(datatype, dataBytes);
      }
    }
    return Math.max(this.outputMaxBytes, inputBytes);
  }
}
