import type { Handle, ObjectOffset, RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { decodeText } from "../text.js";
import { invalidHandle, outsideRegion, sizeTooLarge } from "./errors.js";

/** Bytes that another process writes: the mapped region, or a dump of one. No access goes beyond `mappedBytes`. */
export interface WireBytes {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly mappedBytes: number;
}

/** The first block of the heap is at 128, so the lowest handle is its payload at 144. */
const LOWEST_HANDLE = 144;
const HANDLE_ALIGNMENT = 16;

/**
 * Checked reads: none goes beyond the region, or returns a number that JavaScript cannot hold exactly. `field` is the offset of a field in
 * the object at `at`, in bytes.
 */
export class WireReader {
  readonly source: WireBytes;

  constructor(source: WireBytes) {
    this.source = source;
  }

  /** @throws StubError ERR_REGION_BOUNDS unless [at, at + length) lies inside the region */
  requireRange(at: number, length: number, what: string): void {
    if (at < 0 || length < 0 || at + length > this.source.mappedBytes) {
      throw outsideRegion(what, at, length, this.source.mappedBytes);
    }
  }

  u8(at: RegionOffset, field: number): number {
    this.requireRange(at + field, 1, "a byte");
    return this.source.view.getUint8(at + field);
  }

  /** Any byte but 0 is true, since the server leaves undefined bytes in flags that it does not use. */
  flag(at: RegionOffset, field: number): boolean {
    return this.u8(at, field) !== 0;
  }

  u32(at: RegionOffset, field: number): number {
    this.requireRange(at + field, 4, "a number");
    return this.source.view.getUint32(at + field, true);
  }

  i32(at: RegionOffset, field: number): number {
    this.requireRange(at + field, 4, "a number");
    return this.source.view.getInt32(at + field, true);
  }

  /** An unsigned 64-bit number below 2^53. */
  u64(at: RegionOffset, field: number): number {
    const place = at + field;
    this.requireRange(place, 8, "a number");
    const high = this.source.view.getUint32(place + 4, true);
    if (high >= 0x20_0000) throw sizeTooLarge(place);
    return high * 2 ** 32 + this.source.view.getUint32(place, true);
  }

  /** A 64-bit number that the server may have left unset. It is not exact from 2^53 on. */
  uncheckedU64(at: RegionOffset, field: number): number {
    const place = at + field;
    this.requireRange(place, 8, "a number");
    const { view } = this.source;
    return view.getUint32(place, true) + view.getUint32(place + 4, true) * 2 ** 32;
  }

  bigU64(at: RegionOffset, field: number): bigint {
    this.requireRange(at + field, 8, "a number");
    return this.source.view.getBigUint64(at + field, true);
  }

  i64(at: RegionOffset, field: number): bigint {
    this.requireRange(at + field, 8, "a number");
    return this.source.view.getBigInt64(at + field, true);
  }

  f64(at: RegionOffset, field: number): number {
    this.requireRange(at + field, 8, "a number");
    return this.source.view.getFloat64(at + field, true);
  }

  /** An unchecked handle: {@link objectOf} checks it. */
  handle(at: RegionOffset, field: number): Handle {
    return this.u64(at, field) as Handle;
  }

  /**
   * The object whose handle is stored in a field.
   * @param bytes size of the object, which must lie within the region
   * @param what names the object in errors
   * @returns the offset of the object, which follows its ownership header
   */
  object(at: RegionOffset, field: number, bytes: number, what: string): ObjectOffset {
    return this.objectOf(this.u64(at, field), bytes, what);
  }

  /** As {@link object}, for a handle from a queue, or one that was read before. */
  objectOf(handle: number, bytes: number, what: string): ObjectOffset {
    if (handle < LOWEST_HANDLE || handle % HANDLE_ALIGNMENT !== 0) {
      throw invalidHandle(what, handle);
    }
    const object = objectAt(handle as Handle);
    this.requireRange(object, bytes, what);
    return object;
  }

  /** UTF-8 text; invalid bytes become U+FFFD. */
  text(at: RegionOffset, length: number): string {
    this.requireRange(at, length, "a text");
    return decodeText(this.source.bytes.subarray(at, at + length));
  }
}
