import { OWNERSHIP_BYTES } from "../../../host/shm/ownership.js";
import type { ParentRegion } from "./parent-region.js";

/** The content of a tensor. */
export interface TensorFacts {
  readonly name: string;
  /** Number of `TRITONSERVER_DataType`. */
  readonly datatype: number;
  readonly shape: readonly bigint[];
  readonly data: Uint8Array;
}

export interface WrittenTensor extends TensorFacts {
  /** Whether the data is in a block of its own. */
  readonly separate?: boolean;
  /** 0: CPU, 1: pinned CPU, 2: GPU. */
  readonly memoryType?: number;
}

export interface WrittenRequest {
  readonly inputs: readonly WrittenTensor[];
  readonly outputs: readonly string[];
  readonly id?: string;
  readonly modelName?: string;
  readonly parameters?: string;
  readonly correlationId?: bigint | string;
  readonly modelVersion?: bigint;
  readonly flags?: number;
  readonly timeout?: bigint;
  /** The server's own; default: none. */
  readonly responseFactory?: bigint;
}

/**
 * The server's side of the wire. It follows docs/internals/protocol.md, and uses no codec of host/wire. Fields without a value are filled
 * with 0xa5, like the undefined bytes that a server leaves in unused fields.
 */
export class ServerSide {
  readonly parent: ParentRegion;

  constructor(parent: ParentRegion) {
    this.parent = parent;
  }

  /**
   * Makes a stand-alone string: two blocks, the struct and its characters.
   * @returns its handle
   */
  string(text: string): number {
    const characters = Buffer.from(text);
    const data = this.block(characters.length);
    this.parent.region.bytes.set(characters, data + OWNERSHIP_BYTES);
    const handle = this.block(this.size("StringShm"));
    this.set(handle, "StringShm", { data: BigInt(data), length: BigInt(characters.length) });
    return handle;
  }

  map(entries: readonly (readonly [key: string, value: string])[]): number {
    const size = this.size("PairShm");
    const values = this.block(entries.length * size);
    entries.forEach(([key, value], index) => {
      const pair = { key: BigInt(this.string(key)), value: BigInt(this.string(value)) };
      this.set(values + index * size, "PairShm", pair);
    });
    const handle = this.block(this.size("DictShm"));
    this.set(handle, "DictShm", { length: BigInt(entries.length), values: BigInt(values) });
    return handle;
  }

  tensor({ name, datatype, shape, data, separate = false, memoryType = 0 }: WrittenTensor): number {
    const text = Buffer.from(name);
    const memoryBytes = this.size("MemoryShm") + data.length;
    const head = this.size("TensorShm") + shape.length * 8 + this.size("StringShm") + text.length;
    const handle = this.block(head + (separate ? 0 : memoryBytes));
    const memory = separate ? this.block(memoryBytes) : handle + head;
    this.set(handle, "TensorShm", {
      memory: separate ? BigInt(memory) : 0n,
      dtype: BigInt(datatype),
      dims_count: BigInt(shape.length),
    });
    let at = handle + this.size("TensorShm");
    for (const dimension of shape) {
      this.parent.region.view.setBigInt64(at + OWNERSHIP_BYTES, dimension, true);
      at += 8;
    }
    this.embeddedString(at, text);
    this.set(memory, "MemoryShm", {
      memory_type: BigInt(memoryType),
      memory_type_id: 0n,
      byte_size: BigInt(data.length),
      memory_release_id: 0n,
    });
    const { bytes } = this.parent.region;
    bytes.set(data, memory + OWNERSHIP_BYTES + this.size("MemoryShm"));
    return handle;
  }

  request(request: WrittenRequest): number {
    const size = this.size("InferRequestShm");
    const texts = [
      request.modelName ?? "model",
      request.id ?? "",
      request.parameters ?? "{}",
    ] as const;
    const byHandles = this.parent.layout.structs.CorrelationIdShm !== undefined;
    const embedded = byHandles ? [] : texts.map((text) => Buffer.from(text));
    const tail = embedded.reduce((sum, text) => sum + this.size("StringShm") + text.length, 0);
    const handles = [
      ...request.outputs.map((name) => this.string(name)),
      ...request.inputs.map((input) => this.tensor(input)),
    ];
    const handle = this.block(size + handles.length * 8 + tail);
    this.set(handle, "InferRequestShm", {
      input_count: BigInt(request.inputs.length),
      requested_output_count: BigInt(request.outputs.length),
      model_version: request.modelVersion ?? 1n,
      flags: BigInt(request.flags ?? 0),
      timeout: request.timeout ?? 0n,
      address: 0x7f00_1234_5678n,
      response_factory_address: request.responseFactory ?? 0n,
      ...this.lateFields(),
      ...(byHandles
        ? {
            correlation_id_shm_handle: BigInt(this.correlationId(request.correlationId ?? 0n)),
            model_name_shm_handle: BigInt(this.string(texts[0])),
            request_id_shm_handle: BigInt(this.string(texts[1])),
            parameters_shm_handle: BigInt(this.string(texts[2])),
          }
        : { correlation_id: BigInt(request.correlationId ?? 0n) }),
    });
    this.handles(handle + size, handles);
    let at = handle + size + handles.length * 8;
    for (const text of embedded) {
      this.embeddedString(at, text);
      at += this.size("StringShm") + text.length;
    }
    return handle;
  }

  /** Makes the record of an ExecuteRequest. */
  batch(requests: readonly number[]): number {
    const size = this.size("RequestBatch");
    const handle = this.block(size + requests.length * 8);
    this.set(handle, "RequestBatch", { batch_size: BigInt(requests.length) });
    this.handles(handle + size, requests);
    return handle;
  }

  message(command: string, args: number): number {
    const number = BigInt(this.parent.layout.commands[command]!);
    const fields = { command: number, args: BigInt(args), inline_response: 0n };
    return this.record("IPCMessageShm", fields);
  }

  /** Makes a block with one struct. Fields without a value have undefined bytes. */
  record(struct: string, fields: Readonly<Record<string, bigint>>): number {
    const handle = this.block(this.size(struct));
    this.set(handle, struct, fields);
    return handle;
  }

  /** 23.11 has added the release flags. From 24.03 on, the trace is a block instead of an address. */
  private lateFields(): Readonly<Record<string, bigint>> {
    const { structs } = this.parent.layout;
    const { fields } = structs.InferRequestShm!;
    if (fields.trace_shm_handle === undefined) {
      return { trace: 0n, ...(fields.request_release_flags && { request_release_flags: 1n }) };
    }
    const trace = this.block(this.size("InferenceTraceShm"));
    return { trace_shm_handle: BigInt(trace), request_release_flags: 1n };
  }

  private correlationId(id: bigint | string): number {
    const handle = this.block(this.size("CorrelationIdShm"));
    const text = typeof id === "string" ? id : "";
    this.set(handle, "CorrelationIdShm", {
      id_string_shm_handle: BigInt(this.string(text)),
      id_uint: typeof id === "string" ? 0n : id,
      id_type: typeof id === "string" ? 1n : 0n,
    });
    return handle;
  }

  /** Writes an embedded string: the characters follow the struct, and `data` is not valid. */
  private embeddedString(at: number, text: Uint8Array): void {
    this.set(at, "StringShm", { length: BigInt(text.length) });
    this.parent.region.bytes.set(text, at + OWNERSHIP_BYTES + this.size("StringShm"));
  }

  private handles(at: number, handles: readonly number[]): void {
    handles.forEach((handle, index) => {
      const slot = at + OWNERSHIP_BYTES + index * 8;
      this.parent.region.view.setBigUint64(slot, BigInt(handle), true);
    });
  }

  private block(bytes: number): number {
    const handle = this.parent.construct(bytes);
    const object = handle + OWNERSHIP_BYTES;
    this.parent.region.bytes.fill(0xa5, object, object + bytes);
    return handle;
  }

  private size(struct: string): number {
    return this.parent.layout.structs[struct]!.size;
  }

  private set(handle: number, struct: string, fields: Readonly<Record<string, bigint>>): void {
    const { view } = this.parent.region;
    for (const [name, value] of Object.entries(fields)) {
      const [offset, size] = this.parent.layout.structs[struct]!.fields[name]!;
      const at = handle + OWNERSHIP_BYTES + offset;
      for (let byte = 0; byte < size; byte++) {
        view.setUint8(at + byte, Number((BigInt.asUintN(64, value) >> BigInt(8 * byte)) & 0xffn));
      }
    }
  }
}
