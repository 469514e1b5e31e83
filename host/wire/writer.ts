import type { Handle, RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";

/** The region. Its views are other objects once it has grown. */
export interface WireTarget {
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

/** The heap of the region. */
export interface WireBlocks {
  /** A new block, under the pool mutex. Its object's bytes are not zeroed. @returns its handle */
  constructLocked(objectBytes: number): Handle;
}

/**
 * Writes of records, beside {@link WireReader}: `field` is the offset of a field in the object at `at`. Every field is written in its full
 * size. Nothing is checked: offsets come from the heap, or from the reader, which has checked them.
 */
export class WireWriter {
  private readonly target: WireTarget;
  private readonly blocks: WireBlocks;

  constructor(target: WireTarget, blocks: WireBlocks) {
    this.target = target;
    this.blocks = blocks;
  }

  flag(at: RegionOffset, field: number, value: boolean): void {
    this.target.view.setUint8(at + field, value ? 1 : 0);
  }

  u32(at: RegionOffset, field: number, value: number): void {
    this.target.view.setUint32(at + field, value, true);
  }

  i32(at: RegionOffset, field: number, value: number): void {
    this.target.view.setInt32(at + field, value, true);
  }

  /** @param value a whole number from 0 to 2^53 - 1 */
  u64(at: RegionOffset, field: number, value: number): void {
    const { view } = this.target;
    view.setUint32(at + field, value, true);
    view.setUint32(at + field + 4, value / 2 ** 32, true);
  }

  bigU64(at: RegionOffset, field: number, value: bigint): void {
    this.target.view.setBigUint64(at + field, value, true);
  }

  i64(at: RegionOffset, field: number, value: bigint): void {
    this.target.view.setBigInt64(at + field, value, true);
  }

  f64(at: RegionOffset, field: number, value: number): void {
    this.target.view.setFloat64(at + field, value, true);
  }

  handle(at: RegionOffset, field: number, handle: Handle): void {
    this.u64(at, field, handle);
  }

  copy(at: RegionOffset, source: Uint8Array): void {
    this.target.bytes.set(source, at);
  }

  zero(at: RegionOffset, length: number): void {
    this.target.bytes.fill(0, at, at + length);
  }

  /** A copy of bytes that are about to be written over. */
  saved(at: RegionOffset, length: number): Uint8Array {
    return this.target.bytes.slice(at, at + length);
  }

  /** Writes the count of references into the ownership header at `handle`. */
  references(handle: Handle, count: number): void {
    this.target.view.setUint32(handle, count, true);
  }

  /** A new block whose object's bytes are whatever was there before. @returns its handle */
  constructLocked(objectBytes: number): Handle {
    return this.blocks.constructLocked(objectBytes);
  }

  /** A new block whose object is all zeros. @returns its handle */
  constructZeroedLocked(objectBytes: number): Handle {
    const handle = this.blocks.constructLocked(objectBytes);
    this.zero(objectAt(handle), objectBytes);
    return handle;
  }
}
