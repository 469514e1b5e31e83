import { type Handle, NO_HANDLE, type ObjectOffset, offsetBy } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { TRITON_ERROR } from "../error-codes.js";
import { type Layout, offsetsOf, structOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import { HANDLE_BYTES } from "../sizes.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";
import { type TensorCodec, TensorRecord } from "./tensor.js";

const STREAM_OF_ERRORS_SINCE = "25.04";

/** The error of one request. */
export interface ResponseError {
  /** A value of `TRITON_ERROR`. */
  readonly code: number;
  readonly message: string;
}

/** A decoded response of another model. The object is re-used for each response. */
export class ResponseRecord {
  /** Undefined when the response is not an error. An error has no outputs and no parameters. */
  error: ResponseError | undefined;
  outputCount = 0;
  readonly outputs: TensorRecord[] = [];
  /** A JSON object as text; empty when there are no parameters, and before 25.02. */
  parameters = "";
  /** The server's id of the stream that the response belongs to; 0n: no stream, or an error up to 25.03, which does not name its stream. */
  stream = 0n;
  /** Whether no other response to the request follows. */
  isLast = false;
}

/** `ResponseShm`, followed by the handles of its tensors, and `PbErrorShm`. */
export class ResponseCodec {
  private readonly at;
  /** Offset of the handle of a response's parameters: from 25.02 on, undefined before. */
  private readonly parametersAt: number | undefined;
  private readonly error;
  private readonly strings: StringCodec;
  private readonly tensors: TensorCodec;
  private readonly namesStreamOfErrors: boolean;

  /** @param release `YY.MM` */
  constructor(layout: Layout, strings: StringCodec, tensors: TensorCodec, release: string) {
    const struct = "ResponseShm";
    this.namesStreamOfErrors = release >= STREAM_OF_ERRORS_SINCE;
    this.strings = strings;
    this.tensors = tensors;
    this.at = offsetsOf(
      layout,
      struct,
      "outputs_size",
      "error",
      "has_error",
      "is_error_set",
      "id",
      "is_last_response",
    );
    this.parametersAt = structOf(layout, struct).fields.parameters?.[0];
    this.error = offsetsOf(layout, "PbErrorShm", "code", "message_shm_handle");
  }

  /** Whether this release's responses have parameters. */
  get carriesParameters(): boolean {
    return this.parametersAt !== undefined;
  }

  /**
   * Decodes the response at `handle`.
   * @throws StubError when the bytes are not a response
   */
  decode(reader: WireReader, handle: number, into: ResponseRecord): void {
    const object = reader.objectOf(handle, this.at.bytes, "a response");
    into.error = this.decodeError(reader, object);
    // Up to 25.03 the server does not write this field of an error (infer_response.cc).
    const hasStream = into.error === undefined || this.namesStreamOfErrors;
    into.stream = hasStream ? reader.bigU64(object, this.at.id) : 0n;
    into.isLast = reader.flag(object, this.at.is_last_response);
    into.outputCount = 0;
    into.parameters = "";
    if (into.error === undefined) this.decodeContent(reader, object, into);
  }

  private decodeContent(reader: WireReader, object: ObjectOffset, into: ResponseRecord): void {
    const count = reader.u32(object, this.at.outputs_size);
    const handles = offsetBy(object, this.at.bytes);
    reader.requireRange(handles, count * HANDLE_BYTES, "a response's list of tensors");
    for (let index = 0; index < count; index++) {
      const tensor = (into.outputs[index] ??= new TensorRecord());
      this.tensors.decode(reader, offsetBy(handles, index * HANDLE_BYTES), tensor);
    }
    into.outputCount = count;
    if (this.parametersAt === undefined) return;
    if (reader.handle(object, this.parametersAt) === NO_HANDLE) return;
    into.parameters = this.strings.read(reader, object, this.parametersAt);
  }

  private decodeError(reader: WireReader, object: ObjectOffset): ResponseError | undefined {
    if (!reader.flag(object, this.at.has_error)) return undefined;
    if (!reader.flag(object, this.at.is_error_set))
      return { code: TRITON_ERROR.unknown, message: "" };
    const error = reader.object(object, this.at.error, this.error.bytes, "a response's error");
    return {
      code: reader.u32(error, this.error.code),
      message: this.strings.read(reader, error, this.error.message_shm_handle),
    };
  }

  /**
   * Makes a response with room for `outputCount` tensors, which {@link setOutput} adds.
   * @param parameters a JSON object as text; from 25.02 on the server reads it from every response that is not an error
   * @returns its handle
   */
  encodeLocked(writer: WireWriter, outputCount: number, parameters: string): Handle {
    const handle = this.encodeHeadLocked(writer, outputCount);
    if (this.parametersAt !== undefined) {
      const text = this.strings.writeLocked(writer, parameters);
      writer.handle(objectAt(handle), this.parametersAt, text);
    }
    return handle;
  }

  setOutput(writer: WireWriter, response: Handle, index: number, tensor: Handle): void {
    writer.handle(objectAt(response), this.at.bytes + index * HANDLE_BYTES, tensor);
  }

  /**
   * Makes a response that is an error of one request.
   * @param code a value of `TRITON_ERROR`
   * @returns its handle
   */
  encodeErrorLocked(writer: WireWriter, code: number, message: string): Handle {
    const text = this.strings.writeLocked(writer, message);
    const error = writer.constructZeroedLocked(this.error.bytes);
    writer.u32(objectAt(error), this.error.code, code);
    writer.handle(objectAt(error), this.error.message_shm_handle, text);
    const handle = this.encodeHeadLocked(writer, 0);
    const object = objectAt(handle);
    writer.handle(object, this.at.error, error);
    writer.flag(object, this.at.has_error, true);
    writer.flag(object, this.at.is_error_set, true);
    return handle;
  }

  private encodeHeadLocked(writer: WireWriter, outputCount: number): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes + outputCount * HANDLE_BYTES);
    const object = objectAt(handle);
    writer.u32(object, this.at.outputs_size, outputCount);
    writer.flag(object, this.at.is_last_response, true);
    return handle;
  }
}
