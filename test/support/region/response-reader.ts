import { OWNERSHIP_BYTES } from "../../../host/shm/ownership.js";
import type { WireBytes } from "../../../host/wire/reader.js";
import type { TensorFacts } from "./server-side.js";

/** One response, as the server reads it. */
export interface ReadResponse {
  readonly error?: { readonly code: number; readonly message: string };
  readonly outputs: readonly TensorFacts[];
}

export interface ReadBatch {
  readonly error?: string;
  readonly responses: readonly ReadResponse[];
}

/** `MemoryShm`. 23.11 has added the CUDA pool. */
const MEMORY = { type: 24, byteSize: 40, releaseId: 48, size: 56 } as const;
const MEMORY_23_10 = { type: 8, byteSize: 24, releaseId: 40, size: 48 } as const;

/** `IPCMessageShm` and `ResponseBatch`. 24.10 has added a flag. */
const MESSAGE = { args: 8, size: 48 } as const;
const BATCH_BYTES = 112;
const BATCH_BYTES_24_10 = 120;

/** `ResponseShm`. 25.02 has inserted a handle after the first field. */
const RESPONSE = { error: 8, failed: 16, id: 24, last: 32, size: 40 } as const;
const RESPONSE_25_02 = {
  parameters: 8,
  error: 16,
  failed: 24,
  id: 32,
  last: 40,
  size: 48,
} as const;

/**
 * Reads answers of a stub like the server of a release. It has the offsets as numbers of its own, so that an error in our tables is
 * detected.
 */
export class ResponseReader {
  private readonly source: WireBytes;
  private readonly release: string;
  private readonly memory: typeof MEMORY | typeof MEMORY_23_10;

  constructor(source: WireBytes, release: string) {
    this.source = source;
    this.release = release;
    this.memory = release === "23.10" ? MEMORY_23_10 : MEMORY;
  }

  /** Reads the message of an ExecuteResponse. */
  executeResponse(message: number): ReadBatch {
    const { at, bytes } = this.batchOf(message);
    const error = this.batchError(message);
    const responses = Array.from({ length: this.u32(at + 92) }, (_, index) =>
      this.response(this.handle(at + bytes + index * 8)),
    );
    return error === undefined ? { responses } : { error, responses };
  }

  /** Reads the only valid field of an ExecuteResponse from 24.06 to 24.09: NVIDIA's stub does not write the number of responses. */
  batchError(message: number): string | undefined {
    const { at } = this.batchOf(message);
    return this.flag(at + 104) ? this.textOf(this.flag(at + 106), at + 96) : undefined;
  }

  /** Offset of the batch: after the message from 24.10 on, before that in a block of its own. */
  private batchOf(message: number): { readonly at: number; readonly bytes: number } {
    const at = this.objectAt(message);
    if (this.u32(at) !== 1) throw new Error(`command ${this.u32(at)} is no ExecuteResponse`);
    return this.release < "24.10"
      ? { at: this.objectAt(this.handle(at + MESSAGE.args)), bytes: BATCH_BYTES }
      : { at: at + MESSAGE.size, bytes: BATCH_BYTES_24_10 };
  }

  string(handle: number): string {
    const at = this.objectAt(handle);
    const characters = this.objectAt(this.handle(at));
    const { bytes } = this.source;
    return Buffer.from(bytes.slice(characters, characters + this.handle(at + 8))).toString();
  }

  /** Reads the error of a record that has two flags and the handle of a string. */
  failure(handle: number): string | undefined {
    const at = this.objectAt(handle);
    return this.flag(at) ? this.textOf(this.flag(at + 1), at + 8) : undefined;
  }

  u32(at: number): number {
    return this.source.view.getUint32(at, true);
  }

  flag(at: number): boolean {
    const value = this.source.view.getUint8(at);
    if (value > 1) throw new Error(`the flag at ${at} is ${value}: it was never written`);
    return value === 1;
  }

  handle(at: number): number {
    return Number(this.source.view.getBigUint64(at, true));
  }

  objectAt(handle: number): number {
    if (handle % 16 !== 0) throw new Error(`${handle} is not a handle`);
    return this.sharedAt(handle);
  }

  /** As {@link objectAt}, for a part of another block, whose alignment the server does not check. */
  private sharedAt(handle: number): number {
    if (handle < 144) throw new Error(`${handle} is not a handle`);
    if (this.u32(handle) < 1) throw new Error(`the block at ${handle} has no references`);
    return handle + OWNERSHIP_BYTES;
  }

  response(handle: number): ReadResponse {
    const at = this.objectAt(handle);
    const place = this.release < "25.02" ? RESPONSE : RESPONSE_25_02;
    const failed = this.flag(at + place.failed);
    if (!this.flag(at + place.last)) throw new Error("is_last_response must be set");
    // NVIDIA's stub does not write the id of an error, and the server does not read it.
    if (!failed && this.handle(at + place.id) !== 0) throw new Error("id must be none");
    const outputs = Array.from({ length: this.u32(at) }, (_, index) =>
      this.tensor(this.handle(at + place.size + index * 8)),
    );
    if (!failed) {
      if ("parameters" in place) JSON.parse(this.string(this.handle(at + place.parameters)));
      return { outputs };
    }
    if (!this.flag(at + place.failed + 1)) throw new Error("an error must be set");
    const error = this.objectAt(this.handle(at + place.error));
    const message = this.string(this.handle(error + 8));
    return { error: { code: this.u32(error), message }, outputs };
  }

  private tensor(handle: number): TensorFacts {
    const at = this.objectAt(handle);
    const rank = this.handle(at + 16);
    const shape = Array.from({ length: rank }, (_, index) =>
      this.source.view.getBigInt64(at + 24 + index * 8, true),
    );
    const head = at + 24 + rank * 8;
    const nameBytes = this.handle(head + 8);
    const name = Buffer.from(this.source.bytes.slice(head + 16, head + 16 + nameBytes)).toString();
    const separate = this.handle(at);
    const memory = separate === 0 ? head + 16 + nameBytes : this.sharedAt(separate);
    const { type, byteSize, releaseId, size } = this.memory;
    if (this.u32(memory + type) !== 0) throw new Error("an output must be in CPU memory");
    if (this.handle(memory + releaseId) !== 0) throw new Error("CPU memory has no release id");
    const from = memory + size;
    const data = this.source.bytes.slice(from, from + this.handle(memory + byteSize));
    return { name, datatype: this.u32(at + 8), shape, data };
  }

  private textOf(isSet: boolean, handleAt: number): string {
    return isSet ? this.string(this.handle(handleAt)) : "";
  }
}
