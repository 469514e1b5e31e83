import type { Handle, RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";

/** The part of the region that the writer uses. A growth may replace the two objects. */
export interface WireTarget {
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

/** The part of the heap that the writer uses. */
export interface WireBlocks {
  /**
   * Makes a block; the caller holds the pool mutex. The bytes of the object are not zeroed.
   * @returns its handle
   */
  constructLocked(objectBytes: number): Handle;
}

/**
 * Writes records, as {@link WireReader} reads them: `field` is the offset of a field in the object at `at`. A field is always written in
 * its full size. The writer checks no offsets: they come from the heap, or from the reader, which has checked them.
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

  /** A copy of bytes that will be overwritten. */
  saved(at: RegionOffset, length: number): Uint8Array {
    return this.target.bytes.slice(at, at + length);
  }

  /** Writes the reference count into the ownership header at `handle`. */
  references(handle: Handle, count: number): void {
    this.target.view.setUint32(handle, count, true);
  }

  /**
   * Makes a block. The bytes of the object are not zeroed.
   * @returns its handle
   */
  constructLocked(objectBytes: number): Handle {
    return this.blocks.constructLocked(objectBytes);
  }

  /**
   * Makes a block whose object is all zeros.
   * @returns its handle
   */
  constructZeroedLocked(objectBytes: number): Handle {
    const handle = this.blocks.constructLocked(objectBytes);
    this.zero(objectAt(handle), objectBytes);
    return handle;
  }
}
