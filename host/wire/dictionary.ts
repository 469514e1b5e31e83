import { type Handle, objectWithin } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { duplicateKey } from "./errors.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";
import type { WireWriter } from "./writer.js";

/** `PbMap`: a map from strings to strings, without an order. */
export class DictionaryCodec {
  private readonly dict;
  private readonly pair;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.dict = offsetsOf(layout, "DictShm", "length", "values");
    this.pair = offsetsOf(layout, "PairShm", "key", "value");
    this.strings = strings;
  }

  /**
   * Reads the map at `handle`.
   * @throws StubError ERR_MESSAGE_INVALID when a key occurs twice
   */
  read(reader: WireReader, handle: number): Map<string, string> {
    const object = reader.objectOf(handle, this.dict.bytes, "a map");
    const length = reader.u32(object, this.dict.length);
    const map = new Map<string, string>();
    if (length === 0) return map;
    const pairs = reader.object(object, this.dict.values, length * this.pair.bytes, "a map");
    for (let index = 0; index < length; index++) {
      const pair = objectWithin(pairs, index * this.pair.bytes);
      const key = this.strings.read(reader, pair, this.pair.key);
      if (map.has(key)) throw duplicateKey(key);
      map.set(key, this.strings.read(reader, pair, this.pair.value));
    }
    return map;
  }

  /**
   * Makes a map.
   * @returns its handle
   */
  writeLocked(writer: WireWriter, map: ReadonlyMap<string, string>): Handle {
    const values = writer.constructZeroedLocked(map.size * this.pair.bytes);
    let at = objectAt(values);
    for (const [key, value] of map) {
      writer.handle(at, this.pair.key, this.strings.writeLocked(writer, key));
      writer.handle(at, this.pair.value, this.strings.writeLocked(writer, value));
      at = objectWithin(at, this.pair.bytes);
    }
    const handle = writer.constructZeroedLocked(this.dict.bytes);
    const object = objectAt(handle);
    writer.u32(object, this.dict.length, map.size);
    writer.handle(object, this.dict.values, values);
    return handle;
  }
}
