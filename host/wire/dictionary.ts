import { StubError } from "../errors.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";

/** `PbMap`: string to string, in no order. */
export class DictionaryCodec {
  private readonly dict: Readonly<Record<"length" | "values" | "bytes", number>>;
  private readonly pair: Readonly<Record<"key" | "value" | "bytes", number>>;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.dict = offsetsOf(layout, "DictShm", "length", "values");
    this.pair = offsetsOf(layout, "PairShm", "key", "value");
    this.strings = strings;
  }

  /** The map at `handle`. @throws StubError ERR_MESSAGE_INVALID on a key that comes twice */
  read(reader: WireReader, handle: number): Map<string, string> {
    const object = reader.objectOf(handle, this.dict.bytes, "a map");
    const length = reader.u32(object + this.dict.length);
    const map = new Map<string, string>();
    if (length === 0) return map;
    const pairs = reader.object(object + this.dict.values, length * this.pair.bytes, "a map");
    for (let index = 0; index < length; index++) {
      const pair = pairs + index * this.pair.bytes;
      const key = this.strings.read(reader, pair + this.pair.key);
      if (map.has(key)) {
        throw new StubError(
          "ERR_MESSAGE_INVALID",
          `a map in shared memory has the key '${key}' twice`,
        );
      }
      map.set(key, this.strings.read(reader, pair + this.pair.value));
    }
    return map;
  }
}
