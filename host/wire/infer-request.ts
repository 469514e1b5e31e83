import { StubError } from "../errors.js";
import { type Layout, offsetsOf, structOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";
import { type TensorCodec, TensorRecord } from "./tensor.js";

/** One requested output's name in the region. */
export class NameRecord {
  at = 0;
  bytes = 0;
}

/** One request of a batch: where its parts are. Objects are re-used from batch to batch. */
export class InferRequestRecord {
  /** Offset of the `InferRequestShm`. */
  object = 0;
  inputCount = 0;
  outputCount = 0;
  readonly inputs: TensorRecord[] = [];
  readonly outputs: NameRecord[] = [];
}

/** The parts of a request that only few guests ask for. */
export interface RequestAttributes {
  readonly id: string;
  readonly modelName: string;
  /** JSON object text. */
  readonly parameters: string;
  /** A number up to 24.03; from 24.04 possibly a string. */
  readonly correlationId: bigint | string;
  readonly modelVersion: bigint;
  /** Bit 0 sequence start, bit 1 sequence end. */
  readonly flags: number;
  /** Microseconds; 0 is none. */
  readonly timeoutMicroseconds: bigint;
}

/** Objects of the server, as its own addresses: sent back to it, never looked at. */
export interface RequestAddresses {
  readonly request: bigint;
  /** 0n for a model that is not decoupled, up to 24.05. */
  readonly responseFactory: bigint;
}

const HANDLE_BYTES = 8;
const CORRELATION_NUMBER = 0;
const CORRELATION_TEXT = 1;

/**
 * `InferRequestShm`, followed by the handles of the requested outputs' names and of the input tensors. Up to 24.03 the
 * model's name, the request's id and its parameters follow as embedded strings; from 24.04 the struct has their handles.
 */
export class InferRequestCodec {
  private readonly at: Readonly<
    Record<
      | "input_count"
      | "requested_output_count"
      | "model_version"
      | "flags"
      | "address"
      | "response_factory_address"
      | "bytes",
      number
    >
  >;
  private readonly timeout: readonly [offset: number, size: number];
  private readonly correlationId: number;
  private readonly handles:
    | Readonly<
        Record<"model_name_shm_handle" | "request_id_shm_handle" | "parameters_shm_handle", number>
      >
    | undefined;
  private readonly correlation:
    | Readonly<Record<"id_string_shm_handle" | "id_uint" | "id_type" | "bytes", number>>
    | undefined;
  private readonly strings: StringCodec;
  private readonly tensors: TensorCodec;

  constructor(layout: Layout, strings: StringCodec, tensors: TensorCodec) {
    const struct = "InferRequestShm";
    this.strings = strings;
    this.tensors = tensors;
    this.at = offsetsOf(
      layout,
      struct,
      "input_count",
      "requested_output_count",
      "model_version",
      "flags",
      "address",
      "response_factory_address",
    );
    this.timeout = structOf(layout, struct).fields.timeout ?? [0, 0];
    if (layout.structs.CorrelationIdShm === undefined) {
      this.correlationId = offsetsOf(layout, struct, "correlation_id").correlation_id;
    } else {
      this.correlationId = offsetsOf(
        layout,
        struct,
        "correlation_id_shm_handle",
      ).correlation_id_shm_handle;
      this.correlation = offsetsOf(
        layout,
        "CorrelationIdShm",
        "id_string_shm_handle",
        "id_uint",
        "id_type",
      );
      this.handles = offsetsOf(
        layout,
        struct,
        "model_name_shm_handle",
        "request_id_shm_handle",
        "parameters_shm_handle",
      );
    }
  }

  /** Decodes what every execution needs from the request whose handle is stored at `handleAt`. */
  decode(reader: WireReader, handleAt: number, into: InferRequestRecord): void {
    const object = this.decodePlace(reader, handleAt, into);
    into.inputCount = reader.u32(object + this.at.input_count);
    into.outputCount = reader.u32(object + this.at.requested_output_count);
    const names = object + this.at.bytes;
    const tensors = names + into.outputCount * HANDLE_BYTES;
    reader.requireRange(
      names,
      (into.outputCount + into.inputCount) * HANDLE_BYTES,
      "a request's list of tensors",
    );
    for (let index = 0; index < into.outputCount; index++) {
      this.decodeName(reader, names + index * HANDLE_BYTES, outputRecord(into, index));
    }
    for (let index = 0; index < into.inputCount; index++) {
      this.tensors.decode(reader, tensors + index * HANDLE_BYTES, inputRecord(into, index));
    }
  }

  /** Decodes where the request is, and nothing of its tensors. @returns its offset */
  decodePlace(reader: WireReader, handleAt: number, into: InferRequestRecord): number {
    into.object = reader.object(handleAt, this.at.bytes, "a request");
    into.inputCount = 0;
    into.outputCount = 0;
    return into.object;
  }

  /** Decodes the rest. */
  attributes(reader: WireReader, request: InferRequestRecord): RequestAttributes {
    const { object } = request;
    const [modelName, id, parameters] = this.readTexts(reader, request);
    return {
      id,
      modelName,
      parameters,
      correlationId: this.readCorrelationId(reader, object),
      modelVersion: reader.i64(object + this.at.model_version),
      flags: this.flags(reader, request),
      timeoutMicroseconds: this.timeoutMicroseconds(reader, request),
    };
  }

  /** Bit 0 sequence start, bit 1 sequence end. */
  flags(reader: WireReader, { object }: InferRequestRecord): number {
    return reader.u32(object + this.at.flags);
  }

  /** Microseconds; 0 is none. */
  timeoutMicroseconds(reader: WireReader, { object }: InferRequestRecord): bigint {
    const [at, bytes] = this.timeout;
    return bytes === 8 ? reader.bigU64(object + at) : BigInt(reader.u32(object + at));
  }

  /** What an answer outside of the ExecuteResponse has to name. */
  addresses(reader: WireReader, { object }: InferRequestRecord): RequestAddresses {
    return {
      request: reader.bigU64(object + this.at.address),
      responseFactory: reader.bigU64(object + this.at.response_factory_address),
    };
  }

  /** Whether a correlation id may be a string. */
  get carriesTextCorrelationIds(): boolean {
    return this.correlation !== undefined;
  }

  /** Whether the client's correlation id is a string. */
  hasTextCorrelationId(reader: WireReader, request: InferRequestRecord): boolean {
    if (this.correlation === undefined) return false;
    const handleAt = request.object + this.correlationId;
    const id = reader.object(handleAt, this.correlation.bytes, "a correlation id");
    return reader.u32(id + this.correlation.id_type) === CORRELATION_TEXT;
  }

  private decodeName(reader: WireReader, handleAt: number, into: NameRecord): void {
    const object = reader.object(handleAt, this.strings.headBytes, "an output's name");
    into.bytes = this.strings.lengthAt(reader, object);
    into.at = this.strings.charactersAt(reader, object, into.bytes);
  }

  private readTexts(reader: WireReader, request: InferRequestRecord): [string, string, string] {
    const { object } = request;
    if (this.handles !== undefined) {
      return [
        this.strings.read(reader, object + this.handles.model_name_shm_handle),
        this.strings.read(reader, object + this.handles.request_id_shm_handle),
        this.strings.read(reader, object + this.handles.parameters_shm_handle),
      ];
    }
    let head = object + this.at.bytes + (request.outputCount + request.inputCount) * HANDLE_BYTES;
    const texts: [string, string, string] = ["", "", ""];
    for (let index = 0; index < texts.length; index++) {
      const length = this.strings.lengthAt(reader, head);
      texts[index] = reader.text(head + this.strings.headBytes, length);
      head += this.strings.headBytes + length;
    }
    return texts;
  }

  private readCorrelationId(reader: WireReader, object: number): bigint | string {
    if (this.correlation === undefined) return reader.bigU64(object + this.correlationId);
    const id = reader.object(
      object + this.correlationId,
      this.correlation.bytes,
      "a correlation id",
    );
    const type = reader.u32(id + this.correlation.id_type);
    if (type === CORRELATION_NUMBER) return reader.bigU64(id + this.correlation.id_uint);
    if (type === CORRELATION_TEXT)
      return this.strings.read(reader, id + this.correlation.id_string_shm_handle);
    throw new StubError(
      "ERR_MESSAGE_INVALID",
      `a correlation id in shared memory has type ${type}`,
    );
  }
}

function outputRecord(request: InferRequestRecord, index: number): NameRecord {
  return (request.outputs[index] ??= new NameRecord());
}

function inputRecord(request: InferRequestRecord, index: number): TensorRecord {
  return (request.inputs[index] ??= new TensorRecord());
}
