import { type Handle, type ObjectOffset, offsetBy, type RegionOffset } from "../../numbers.js";
import { handleOf, objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf, structOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import { HANDLE_BYTES } from "../sizes.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";
import { type CorrelationId, CorrelationIdCodec } from "./correlation-id.js";
import { type RequestTexts, RequestTextsCodec } from "./request-texts.js";
import { RequestTimeoutCodec } from "./request-timeout.js";
import { type TensorCodec, TensorRecord } from "./tensor.js";
import { NO_TRACE, type Trace, TraceCodec } from "./trace.js";

const NOWHERE = 0 as ObjectOffset;

/** The name of a requested output in the region. */
export class NameRecord {
  at: RegionOffset = NOWHERE;
  bytes = 0;
}

/** The places of the parts of a request. Objects are re-used for each batch. */
export class RequestRecord {
  /** The `InferRequestShm`. */
  object = NOWHERE;
  inputCount = 0;
  outputCount = 0;
  readonly inputs: TensorRecord[] = [];
  readonly outputs: NameRecord[] = [];
}

/** The parts of a request that only a few guests read. */
export interface RequestAttributes extends RequestTexts {
  readonly correlationId: CorrelationId;
  /** -1: the latest version. */
  readonly modelVersion: bigint;
  /** Bit 0: sequence start. Bit 1: sequence end. */
  readonly flags: number;
  /** 0: no timeout. */
  readonly timeoutMicroseconds: bigint;
}

/** Addresses of objects in the server. The stub only sends them back. */
export interface RequestAddresses {
  readonly request: bigint;
  /** 0n for a call of another model, and up to 24.05 for a model that is not decoupled. */
  readonly responseFactory: bigint;
}

/** A request that the model makes of another model. */
export interface NewRequest extends RequestAttributes {
  /** Handles of tensors. */
  readonly inputs: readonly Handle[];
  /** Names of the wanted outputs; an empty list stands for all outputs of the model. */
  readonly outputs: readonly string[];
  /** The trace that the call becomes a part of; undefined: none. */
  readonly trace?: Trace | undefined;
}

/** A value of `PreferredMemory`. A caller without a GPU must ask for CPU memory (docs/internals/protocol.md 4.5). */
const PREFER_CPU = 1;
/** A value of `request_release_flags`. */
const RELEASE_ALL = 1;

/**
 * `InferRequestShm`, followed by the handles of the requested outputs' names and of the input tensors. Up to 24.03 the
 * model's name, the request's id and its parameters follow as embedded strings; from 24.04 the struct has their handles.
 */
export class RequestCodec {
  private readonly at;
  private readonly timeouts: RequestTimeoutCodec;
  /** Undefined in 23.10. */
  private readonly releaseFlags: number | undefined;
  private readonly preferredMemory;
  private readonly correlationIds: CorrelationIdCodec;
  private readonly texts: RequestTextsCodec;
  private readonly traces: TraceCodec;
  private readonly strings: StringCodec;
  private readonly tensors: TensorCodec;

  constructor(layout: Layout, strings: StringCodec, tensors: TensorCodec) {
    const struct = "InferRequestShm";
    this.strings = strings;
    this.tensors = tensors;
    this.timeouts = new RequestTimeoutCodec(layout);
    this.correlationIds = new CorrelationIdCodec(layout, strings);
    this.texts = new RequestTextsCodec(layout, strings);
    this.traces = new TraceCodec(layout, strings);
    this.at = offsetsOf(
      layout,
      struct,
      "input_count",
      "requested_output_count",
      "model_version",
      "flags",
      "address",
      "response_factory_address",
      "preferred_memory",
    );
    this.preferredMemory = offsetsOf(layout, "PreferredMemory", "preferred_memory_type_");
    this.releaseFlags = structOf(layout, struct).fields.request_release_flags?.[0];
  }

  /** Decodes inputs and requested outputs of the request whose handle is stored at `handleAt`. */
  decode(reader: WireReader, handleAt: RegionOffset, into: RequestRecord): void {
    const object = this.decodePlace(reader, handleAt, into);
    into.inputCount = reader.u32(object, this.at.input_count);
    into.outputCount = reader.u32(object, this.at.requested_output_count);
    const names = offsetBy(object, this.at.bytes);
    const tensors = offsetBy(names, into.outputCount * HANDLE_BYTES);
    reader.requireRange(
      names,
      (into.outputCount + into.inputCount) * HANDLE_BYTES,
      "a request's list of tensors",
    );
    for (let index = 0; index < into.outputCount; index++) {
      this.decodeName(reader, offsetBy(names, index * HANDLE_BYTES), outputRecord(into, index));
    }
    for (let index = 0; index < into.inputCount; index++) {
      const handleAt = offsetBy(tensors, index * HANDLE_BYTES);
      this.tensors.decode(reader, handleAt, inputRecord(into, index));
    }
  }

  /**
   * Decodes only the offset of the request, and none of its tensors.
   * @returns the offset
   */
  decodePlace(reader: WireReader, handleAt: RegionOffset, into: RequestRecord): ObjectOffset {
    into.object = reader.object(handleAt, 0, this.at.bytes, "a request");
    into.inputCount = 0;
    into.outputCount = 0;
    return into.object;
  }

  /** Decodes the parts that {@link decode} leaves out. */
  attributes(reader: WireReader, request: RequestRecord): RequestAttributes {
    const { object } = request;
    return {
      ...this.texts.read(reader, object, this.tailOf(request)),
      correlationId: this.correlationIds.read(reader, object),
      modelVersion: reader.i64(object, this.at.model_version),
      flags: this.flags(reader, request),
      timeoutMicroseconds: this.timeoutMicroseconds(reader, request),
    };
  }

  /** Bit 0: sequence start. Bit 1: sequence end. */
  flags(reader: WireReader, { object }: RequestRecord): number {
    return reader.u32(object, this.at.flags);
  }

  /** 0: no timeout. */
  timeoutMicroseconds(reader: WireReader, { object }: RequestRecord): bigint {
    return this.timeouts.read(reader, object);
  }

  /** The server's addresses of the request, which messages beside the ExecuteResponse carry. */
  addresses(reader: WireReader, { object }: RequestRecord): RequestAddresses {
    return {
      request: reader.bigU64(object, this.at.address),
      responseFactory: reader.bigU64(object, this.at.response_factory_address),
    };
  }

  /** Handles of the blocks with the data and names that {@link decode} has found, which the server frees after the execution. */
  blocksOf({ inputs, inputCount, outputs, outputCount }: RequestRecord): Handle[] {
    const blocks = inputs.slice(0, inputCount).flatMap((input) => this.tensors.blocksOf(input));
    for (const { at, bytes } of outputs.slice(0, outputCount)) {
      if (bytes > 0) blocks.push(handleOf(at as ObjectOffset));
    }
    return blocks;
  }

  /** The trace of a request. */
  trace(reader: WireReader, { object }: RequestRecord): Trace {
    return this.traces.read(reader, object);
  }

  /** Whether a correlation id may be a string. */
  get carriesTextCorrelationIds(): boolean {
    return this.correlationIds.carriesTexts;
  }

  /** Whether the client's correlation id is a string. */
  hasTextCorrelationId(reader: WireReader, { object }: RequestRecord): boolean {
    return this.correlationIds.isText(reader, object);
  }

  /**
   * Makes a request to another model, which asks for outputs in CPU memory.
   * @returns its handle
   */
  encodeLocked(writer: WireWriter, request: NewRequest): Handle {
    const { inputs, outputs } = request;
    const tail = this.texts.tailOf(request);
    const listBytes = (outputs.length + inputs.length) * HANDLE_BYTES;
    const handle = writer.constructZeroedLocked(
      this.at.bytes + listBytes + this.texts.tailBytes(tail),
    );
    const object = objectAt(handle);
    writer.u32(object, this.at.input_count, inputs.length);
    writer.u32(object, this.at.requested_output_count, outputs.length);
    writer.i64(object, this.at.model_version, request.modelVersion);
    writer.u32(object, this.at.flags, request.flags);
    const memory = this.at.preferred_memory + this.preferredMemory.preferred_memory_type_;
    writer.u32(object, memory, PREFER_CPU);
    if (this.releaseFlags !== undefined) writer.u32(object, this.releaseFlags, RELEASE_ALL);
    this.timeouts.write(writer, object, request.timeoutMicroseconds);
    this.correlationIds.writeLocked(writer, object, request.correlationId);
    this.traces.writeLocked(writer, object, request.trace ?? NO_TRACE);
    let field = this.at.bytes;
    for (const name of outputs) {
      writer.handle(object, field, this.strings.writeLocked(writer, name));
      field += HANDLE_BYTES;
    }
    for (const input of inputs) {
      writer.handle(object, field, input);
      field += HANDLE_BYTES;
    }
    this.texts.writeLocked(writer, object, request, tail, offsetBy(object, field));
    return handle;
  }

  /** End of the request's list of handles. */
  private tailOf({ object, inputCount, outputCount }: RequestRecord): RegionOffset {
    return offsetBy(object, this.at.bytes + (outputCount + inputCount) * HANDLE_BYTES);
  }

  private decodeName(reader: WireReader, handleAt: RegionOffset, into: NameRecord): void {
    const object = reader.object(handleAt, 0, this.strings.headBytes, "an output's name");
    into.bytes = this.strings.lengthAt(reader, object);
    into.at = this.strings.charactersAt(reader, object, into.bytes);
  }
}

function outputRecord(request: RequestRecord, index: number): NameRecord {
  return (request.outputs[index] ??= new NameRecord());
}

function inputRecord(request: RequestRecord, index: number): TensorRecord {
  return (request.inputs[index] ??= new TensorRecord());
}
