import {
  type Handle,
  NO_HANDLE,
  type ObjectOffset,
  objectWithin,
  offsetBy,
  type RegionOffset,
} from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { WireWriter } from "./writer.js";

const encoder = new TextEncoder();

/** Offsets of the characters and of the 64-bit length of a stand-alone string. */
export interface StringPlace {
  readonly charactersAt: RegionOffset;
  readonly lengthAt: RegionOffset;
}

/**
 * `PbString`. A stand-alone string has two blocks: the struct, and its characters. In an embedded string the characters follow the struct,
 * and `data` is not valid. There is no terminator; `length` is in bytes.
 */
export class StringCodec {
  private readonly at;

  constructor(layout: Layout) {
    this.at = offsetsOf(layout, "StringShm", "data", "length");
  }

  /** Size of the struct without characters, in bytes. */
  get headBytes(): number {
    return this.at.bytes;
  }

  /** The stand-alone string whose handle is stored in a field. */
  read(reader: WireReader, at: RegionOffset, field: number): string {
    return this.readObject(reader, reader.object(at, field, this.at.bytes, "a string"));
  }

  /** The stand-alone string at `object`. */
  readObject(reader: WireReader, object: ObjectOffset): string {
    const length = this.lengthAt(reader, object);
    return length === 0 ? "" : reader.text(this.charactersAt(reader, object, length), length);
  }

  /** Length in bytes of the string at `object`, stand-alone or embedded. */
  lengthAt(reader: WireReader, object: ObjectOffset): number {
    return reader.u64(object, this.at.length);
  }

  /** The characters of the stand-alone string at `object`, `length` bytes long. */
  charactersAt(reader: WireReader, object: ObjectOffset, length: number): RegionOffset {
    return length === 0 ? object : reader.object(object, this.at.data, length, "a string");
  }

  /** The places of the stand-alone string, of at least one byte, whose handle is stored in a field. */
  placeOf(reader: WireReader, at: RegionOffset, field: number): StringPlace {
    const object = reader.object(at, field, this.at.bytes, "a string");
    const length = this.lengthAt(reader, object);
    return {
      charactersAt: reader.object(object, this.at.data, length, "a string"),
      lengthAt: offsetBy(object, this.at.length),
    };
  }

  /** Writes the head of an embedded string of `length` bytes; the characters go to `object + headBytes`. */
  writeEmbeddedHead(writer: WireWriter, object: ObjectOffset, length: number): void {
    writer.handle(object, this.at.data, NO_HANDLE);
    writer.u64(object, this.at.length, length);
  }

  /**
   * Writes an embedded string.
   * @returns where it ends: the next one may begin there
   */
  writeEmbedded(writer: WireWriter, object: ObjectOffset, characters: Uint8Array): ObjectOffset {
    this.writeEmbeddedHead(writer, object, characters.length);
    writer.copy(offsetBy(object, this.at.bytes), characters);
    return objectWithin(object, this.at.bytes + characters.length);
  }

  /**
   * Makes a stand-alone string.
   * @returns its handle
   */
  writeLocked(writer: WireWriter, text: string): Handle {
    const characters = encoder.encode(text);
    const data = writer.constructLocked(characters.length);
    writer.copy(objectAt(data), characters);
    const handle = writer.constructLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.handle(object, this.at.data, data);
    writer.u64(object, this.at.length, characters.length);
    return handle;
  }
}
