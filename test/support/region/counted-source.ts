import type { Address } from "../../../host/numbers.js";
import type { QueueBytes } from "../../../host/shm/queue.js";
import type { WireBytes } from "../../../host/wire/reader.js";

/** Number of bytes that were read. */
export interface ReadCount {
  bytes: number;
}

/** Bytes of a region that count reads: a measure of a decoder's work that does not depend on the speed of the machine. */
export class CountedSource implements WireBytes, QueueBytes {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly base: Address;
  readonly read: ReadCount = { bytes: 0 };

  /** @param memory the bytes; reads beyond them throw */
  constructor(
    memory: Uint8Array,
    base: number,
    readonly mappedBytes = memory.length,
  ) {
    const { buffer, byteOffset, length } = memory;
    this.base = base as Address;
    this.view = new CountedView(buffer, byteOffset, length, this.read);
    this.bytes = new CountedBytes(buffer, byteOffset, length, this.read);
  }
}

class CountedView extends DataView<ArrayBuffer> {
  constructor(
    buffer: ArrayBufferLike,
    from: number,
    length: number,
    private readonly read: ReadCount,
  ) {
    super(buffer as ArrayBuffer, from, length);
  }

  override getUint8(at: number): number {
    this.read.bytes += 1;
    return super.getUint8(at);
  }

  override getUint32(at: number, littleEndian?: boolean): number {
    this.read.bytes += 4;
    return super.getUint32(at, littleEndian);
  }

  override getBigUint64(at: number, littleEndian?: boolean): bigint {
    this.read.bytes += 8;
    return super.getBigUint64(at, littleEndian);
  }

  override getBigInt64(at: number, littleEndian?: boolean): bigint {
    this.read.bytes += 8;
    return super.getBigInt64(at, littleEndian);
  }
}

/** Throws for a part beyond the end. A plain array returns a shorter part. */
class CountedBytes extends Uint8Array {
  constructor(
    buffer: ArrayBufferLike,
    from: number,
    length: number,
    private readonly read: ReadCount,
  ) {
    super(buffer as ArrayBuffer, from, length);
  }

  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override slice(begin = 0, end = this.length): Uint8Array<ArrayBuffer> {
    return this.subarray(begin, end).slice();
  }

  /** @throws RangeError beyond the end */
  override subarray(begin = 0, end = this.length): Uint8Array<ArrayBuffer> {
    this.read.bytes += end - begin;
    return new Uint8Array(this.buffer as ArrayBuffer, this.byteOffset + begin, end - begin);
  }
}
