import { StubError } from "../errors.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { decodeText } from "../text.js";

/** Bytes that somebody else writes: the mapped region, or a dump of one. `mappedBytes` bounds every access. */
export interface WireBytes {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly mappedBytes: number;
}

/** The heap's first block stands at 128, so its first payload, the lowest possible handle, at 144. */
const LOWEST_HANDLE = 144;

/** Checked reads: nothing beyond the region, no number that JavaScript cannot hold. All offsets are in bytes. */
export class WireReader {
  readonly source: WireBytes;

  constructor(source: WireBytes) {
    this.source = source;
  }

  /** @throws StubError ERR_REGION_BOUNDS unless [at, at + length) lies inside the region */
  requireRange(at: number, length: number, what: string): void {
    if (at < 0 || length < 0 || at + length > this.source.mappedBytes) {
      throw new StubError(
        "ERR_REGION_BOUNDS",
        `${what} lies outside of the shared-memory region, so the message is corrupt`,
        { what, at, length, limit: this.source.mappedBytes },
      );
    }
  }

  u8(at: number): number {
    this.requireRange(at, 1, "a byte");
    return this.source.view.getUint8(at);
  }

  u32(at: number): number {
    this.requireRange(at, 4, "a number");
    return this.source.view.getUint32(at, true);
  }

  /** An unsigned 64-bit number below 2^53. */
  u64(at: number): number {
    this.requireRange(at, 8, "a number");
    const high = this.source.view.getUint32(at + 4, true);
    if (high >= 0x20_0000) {
      throw new StubError("ERR_MESSAGE_INVALID", "a size in shared memory is absurdly large", {
        at,
      });
    }
    return high * 2 ** 32 + this.source.view.getUint32(at, true);
  }

  bigU64(at: number): bigint {
    this.requireRange(at, 8, "a number");
    return this.source.view.getBigUint64(at, true);
  }

  i64(at: number): bigint {
    this.requireRange(at, 8, "a number");
    return this.source.view.getBigInt64(at, true);
  }

  /**
   * The object behind the handle stored at `at`.
   * @param bytes what the object must have room for inside the region
   * @returns the object's offset, behind its ownership word
   */
  object(at: number, bytes: number, what: string): number {
    return this.objectOf(this.u64(at), bytes, what);
  }

  /** As {@link object}, for a handle already read. */
  objectOf(handle: number, bytes: number, what: string): number {
    if (handle < LOWEST_HANDLE || handle % 16 !== 0) {
      throw new StubError("ERR_MESSAGE_INVALID", `${what} has no valid place in shared memory`, {
        what,
        handle,
      });
    }
    const object = handle + OWNERSHIP_BYTES;
    this.requireRange(object, bytes, what);
    return object;
  }

  /** UTF-8 text; invalid bytes become U+FFFD. */
  text(at: number, length: number): string {
    this.requireRange(at, length, "a text");
    return decodeText(this.source.bytes.subarray(at, at + length));
  }
}
