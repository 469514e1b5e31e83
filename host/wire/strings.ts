import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";

const encoder = new TextEncoder();

/** Where a stand-alone string has its characters, and its length in 64 bits; offsets in the region. */
export interface StringPlace {
  readonly charactersAt: number;
  readonly lengthAt: number;
}

/**
 * `PbString`. Stand-alone: two blocks, the struct and its characters. Embedded: the characters follow the struct and
 * `data` is not valid. No terminator; `length` counts bytes.
 */
export class StringCodec {
  private readonly at: Readonly<Record<"data" | "length" | "bytes", number>>;

  constructor(layout: Layout) {
    this.at = offsetsOf(layout, "StringShm", "data", "length");
  }

  /** Bytes of the struct without characters. */
  get headBytes(): number {
    return this.at.bytes;
  }

  /** The stand-alone string whose handle is stored at `handleAt`. */
  read(reader: WireReader, handleAt: number): string {
    const object = reader.object(handleAt, this.at.bytes, "a string");
    const length = reader.u64(object + this.at.length);
    if (length === 0) return "";
    return reader.text(reader.object(object + this.at.data, length, "a string"), length);
  }

  /** Length in bytes of the stand-alone string at `object`. */
  lengthAt(reader: WireReader, object: number): number {
    return reader.u64(object + this.at.length);
  }

  /** Offset of the characters of the stand-alone string at `object`, `length` bytes long. */
  charactersAt(reader: WireReader, object: number, length: number): number {
    return length === 0 ? object : reader.object(object + this.at.data, length, "a string");
  }

  /** The places of the stand-alone string, of at least one byte, whose handle is stored at `handleAt`. */
  placeOf(reader: WireReader, handleAt: number): StringPlace {
    const object = reader.object(handleAt, this.at.bytes, "a string");
    const length = reader.u64(object + this.at.length);
    return {
      charactersAt: reader.object(object + this.at.data, length, "a string"),
      lengthAt: object + this.at.length,
    };
  }

  /** Writes the head of an embedded string of `length` bytes at `at`; the characters go to `at + headBytes`. */
  writeEmbeddedHead(heap: Heap, at: number, length: number): void {
    heap.region.view.setBigUint64(at + this.at.data, 0n, true);
    heap.region.view.setUint32(at + this.at.length, length, true);
    heap.region.view.setUint32(at + this.at.length + 4, 0, true);
  }

  /** Makes a stand-alone string. @returns its handle */
  writeLocked(heap: Heap, text: string): number {
    const characters = encoder.encode(text);
    const data = heap.constructLocked(characters.length);
    heap.region.bytes.set(characters, data + OWNERSHIP_BYTES);
    const handle = heap.constructLocked(this.at.bytes);
    const { view } = heap.region;
    view.setBigUint64(handle + OWNERSHIP_BYTES + this.at.data, BigInt(data), true);
    view.setBigUint64(handle + OWNERSHIP_BYTES + this.at.length, BigInt(characters.length), true);
    return handle;
  }
}
