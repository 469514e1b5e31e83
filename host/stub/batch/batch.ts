import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf, StubError } from "../../errors.js";
import type { BatchServices, ParameterValue } from "../../guest/services.js";
import {
  BATCH_PARAMETERS_MAX_LENGTH,
  OUTPUT_MAX_BYTES,
  RESPONSE_PARAMETERS_MAX,
} from "../../limits.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { printable } from "../../text.js";
import { DATATYPE, DATATYPES } from "../../wire/datatypes.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type {
  RequestAddresses,
  RequestAttributes,
  RequestRecord,
} from "../../wire/records/request.js";
import { RequestBatchRecord } from "../../wire/records/request-batch.js";
import { type TensorForm, TensorRecord } from "../../wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { countedBytes, elementCount, OutputData, tensorBytes } from "./output-data.js";
import { ResponseDraft } from "./response-draft.js";

/**
 * The batch in work: the requests as the guest sees them, and the responses that it makes. Tensors are copied inside the
 * region by the core, once.
 */
export class Batch implements BatchServices {
  readonly carriesParameters: boolean;
  readonly carriesTextCorrelationIds: boolean;
  /** Bytes that the outputs of one batch may have together. */
  outputMaxBytes: number = OUTPUT_MAX_BYTES.default;
  /** Of the outputs of the batch, as {@link countedBytes} has them. */
  private outputBytes = 0;
  private parametersLength = 0;
  private readonly endpoint: Endpoint;
  private readonly batch = new RequestBatchRecord();
  private readonly drafts: ResponseDraft[] = [];
  private readonly target = new TensorRecord();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    const { response, requests } = endpoint.dialect;
    this.carriesParameters = response.carriesParameters;
    this.carriesTextCorrelationIds = requests.carriesTextCorrelationIds;
  }

  /** Decodes the batch behind an ExecuteRequest's args. @throws StubError when its bytes make no batch */
  begin(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decode(reader, args, this.batch);
    this.resetDrafts();
  }

  /**
   * Decodes as much of a batch as errors for its requests need. The rest of one in which a guest was stopped may have been
   * written over by {@link copyInputToOutput}.
   */
  beginAbandoned(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decodePlaces(reader, args, this.batch);
    this.resetDrafts();
  }

  private resetDrafts(): void {
    this.outputBytes = 0;
    this.parametersLength = 0;
    for (let index = 0; index < this.batch.count; index++) {
      this.drafts[index] ??= new ResponseDraft();
      this.drafts[index]!.reset(this.batch.requests[index]!.outputCount);
    }
  }

  /** A model may always answer with as much as its clients have sent. */
  private outputBytesAllowed(): number {
    let inputBytes = 0;
    for (let index = 0; index < this.batch.count; index++) {
      const { inputs, inputCount } = this.batch.requests[index]!;
      for (const { datatype, dataBytes } of inputs.slice(0, inputCount)) {
        inputBytes += countedBytes(datatype, dataBytes);
      }
    }
    return Math.max(this.outputMaxBytes, inputBytes);
  }

  /** Forgets the batch: outside of an execution a guest finds no requests. */
  end(): void {
    this.batch.count = 0;
  }

  /** What answers outside of the ExecuteResponse have to name, for each request. */
  allAddresses(): RequestAddresses[] {
    const { dialect, reader } = this.endpoint;
    return this.batch.requests
      .slice(0, this.batch.count)
      .map((request) => dialect.requests.addresses(reader, request));
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

  describeOutput(request: number, output: number): string {
    const { at, bytes } = this.request(request).outputs[output]!;
    return `output '${printable(this.endpoint.reader.text(at, bytes))}' of request ${request}`;
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

  /** Answers every request of the batch with the same error. */
  failAll(code: number, message: string): void {
    for (let request = 0; request < this.batch.count; request++) {
      this.failRequest(request, code, message);
    }
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

  /**
   * When the guest has returned: fills up what it has not written, and turns what makes no tensor into an error of its
   * request. A request that has failed has no outputs, and keeps its own error.
   */
  finishOutputs(): void {
    for (let request = 0; request < this.batch.count; request++) {
      const draft = this.drafts[request]!;
      if (draft.failed) continue;
      for (const data of draft.written) {
        const fault = data.finish();
        if (fault === undefined) continue;
        const what = this.describeOutput(request, data.output);
        this.failRequest(
          request,
          TRITON_ERROR.internal,
          `the model made ${what} of datatype BYTES wrongly: ${fault}`,
        );
      }
    }
  }

  private request(index: number): RequestRecord {
    return this.batch.requests[index]!;
  }

  private input(request: number, index: number): TensorRecord {
    return this.request(request).inputs[index]!;
  }

  private attributes(request: number): RequestAttributes {
    const { dialect, reader } = this.endpoint;
    return dialect.requests.attributes(reader, this.request(request));
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

  /** Encodes what the guest has answered to a request. @returns the response's handle */
  encodeResponseLocked(request: number): Handle {
    const { writer, dialect } = this.endpoint;
    const draft = this.drafts[request]!;
    if (draft.failed) {
      return dialect.response.encodeErrorLocked(writer, draft.errorCode, draft.errorMessage);
    }
    let count = 0;
    for (const tensor of draft.outputs) if (tensor !== NO_HANDLE) count++;
    const response = dialect.response.encodeLocked(writer, count, draft.parametersJson());
    let index = 0;
    for (const tensor of draft.outputs) {
      if (tensor !== NO_HANDLE) dialect.response.setOutput(writer, response, index++, tensor);
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
