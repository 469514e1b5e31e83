import { JsonKind, JsonValue } from "./json-value";
import { Utf8, writeCharacter } from "./utf8";

/** Limit of the recursion. The configuration of a model has about 8 levels. */
const MAX_DEPTH: i32 = 64;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;

/** Parses a JSON text, such as the parameters of a request. Returns null when it is not valid JSON. */
export function parseJson(text: string): JsonValue | null {
  const bytes = String.UTF8.encode(text);
  return new JsonReader(new Utf8(changetype<usize>(bytes), bytes.byteLength)).read();
}

/**
 * Reads one JSON text (RFC 8259). The values point into a copy of the source, in which strings are decoded in place.
 * It uses no library: assemblyscript-json is unmaintained; json-as is a compiler transform that adds tens of kB, which start slowly.
 */
@final
export class JsonReader {
  private at: usize;
  private readonly end: usize;
  private readonly start: usize;
  private readonly copy: ArrayBuffer;

  constructor(source: Utf8) {
    this.copy = new ArrayBuffer(source.length + 1);
    this.start = changetype<usize>(this.copy);
    this.at = this.start;
    this.end = this.start + source.length;
    memory.copy(this.start, source.start, source.length);
    // The NUL byte is not valid in JSON, so every scan stops here.
    store<u8>(this.end, 0);
  }

  /** Offset of the next byte of the source; after a failure, the byte that is not valid. */
  get position(): i32 {
    return <i32>(this.at - this.start);
  }

  /** @returns null when the source is not valid JSON */
  read(): JsonValue | null {
    const value = this.readValue(0);
    if (value == null) return null;
    this.skipBlanks();
    return this.at == this.end ? value : null;
  }

  private readValue(depth: i32): JsonValue | null {
    this.skipBlanks();
    const byte = this.peek(0);
    if (byte == OPEN_OBJECT) return this.readList(JsonKind.Object, CLOSE_OBJECT, depth);
    if (byte == OPEN_ARRAY) return this.readList(JsonKind.Array, CLOSE_ARRAY, depth);
    if (byte == QUOTE) {
      const text = this.readString();
      return text == null ? null : this.scalar(JsonKind.String, text);
    }
    if (byte == MINUS || isDigit(byte)) return this.readNumber();
    if (byte == 0x6e) return this.readWord(JsonKind.Null, "null");
    return this.readWord(JsonKind.Boolean, byte == 0x74 ? "true" : "false");
  }

  /** Reads an array or an object. */
  private readList(kind: JsonKind, close: u8, depth: i32): JsonValue | null {
    if (depth == MAX_DEPTH) return null;
    const list = new JsonValue(kind, this.copy);
    let last: JsonValue | null = null;
    this.at++;
    let more: bool = !this.take(close);
    while (more) {
      const item = kind == JsonKind.Object ? this.readMember(depth + 1) : this.readValue(depth + 1);
      if (item == null) return null;
      if (last == null) list.first = item;
      else last.next = item;
      last = item;
      list.count++;
      more = this.take(COMMA);
      if (!more && !this.take(close)) return null;
    }
    return list;
  }

  private readMember(depth: i32): JsonValue | null {
    this.skipBlanks();
    if (this.peek(0) != QUOTE) return null;
    const key = this.readString();
    if (key == null) return null;
    if (!this.take(COLON)) return null;
    const value = this.readValue(depth);
    if (value != null) value.key = key;
    return value;
  }

  private readWord(kind: JsonKind, word: string): JsonValue | null {
    const text = new Utf8(this.at, min(word.length, <i32>(this.end - this.at)));
    if (!text.is(word)) return null;
    this.at += word.length;
    return this.scalar(kind, text);
  }

  private readNumber(): JsonValue | null {
    const start = this.at;
    if (this.peek(0) == MINUS) this.at++;
    if (this.peek(0) == ZERO) this.at++;
    else if (!this.skipDigits()) return null;
    if (this.peek(0) == POINT) {
      this.at++;
      if (!this.skipDigits()) return null;
    }
    if ((this.peek(0) | 0x20) == 0x65) {
      this.at++;
      const sign = this.peek(0);
      if (sign == MINUS || sign == 0x2b) this.at++;
      if (!this.skipDigits()) return null;
    }
    return this.scalar(JsonKind.Number, new Utf8(start, <i32>(this.at - start)));
  }

  /** @returns false when there is no digit */
  private skipDigits(): bool {
    const start = this.at;
    while (isDigit(this.peek(0))) this.at++;
    return this.at > start;
  }

  /** Decodes a string in place: the decoded text is never longer than its source. */
  private readString(): Utf8 | null {
    this.at++;
    const start = this.at;
    let to = start;
    let byte = this.peek(0);
    while (byte != QUOTE) {
      // A control character, or the end of the source.
      if (byte < 0x20) return null;
      if (byte == BACKSLASH) {
        to = this.decodeEscape(to);
        if (to == 0) return null;
      } else {
        store<u8>(to++, byte);
        this.at++;
      }
      byte = this.peek(0);
    }
    this.at++;
    return new Utf8(start, <i32>(to - start));
  }

  /**
   * @param to address for the decoded character
   * @returns the address after it; 0 for an invalid escape
   */
  private decodeEscape(to: usize): usize {
    const byte = this.peek(1);
    if (byte == 0x75) return this.decodeUnicode(to);
    const character = unescaped(byte);
    if (character == 0) return 0;
    store<u8>(to, character);
    this.at += 2;
    return to + 1;
  }

  private decodeUnicode(to: usize): usize {
    let code = this.unitAt(0);
    let length = 6;
    if (code >> 10 == 0x36) {
      const low = this.unitAt(6);
      code = low >> 10 == 0x37 ? 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff) : -1;
      length = 12;
    }
    // A low surrogate without a high one is not valid.
    if (code < 0 || code >> 10 == 0x37) return 0;
    this.at += length;
    return writeCharacter(to, code);
  }

  /** Reads `\uXXXX` and returns its number; -1 for other bytes. */
  private unitAt(offset: i32): i32 {
    if (this.peek(offset) != BACKSLASH || this.peek(offset + 1) != 0x75) return -1;
    let value = 0;
    for (let index = offset + 2; index < offset + 6; index++) {
      const byte = this.peek(index);
      const letter = <u32>(byte | 0x20) - 0x61;
      if (isDigit(byte)) value = (value << 4) | (<i32>byte - 0x30);
      else if (letter < 6) value = (value << 4) | (<i32>letter + 10);
      else return -1;
    }
    return value;
  }

  private scalar(kind: JsonKind, text: Utf8): JsonValue {
    const value = new JsonValue(kind, this.copy);
    value.text = text;
    return value;
  }

  /** Skips blanks, and then this byte. Returns false when another byte follows. */
  private take(byte: u8): bool {
    this.skipBlanks();
    if (this.peek(0) != byte) return false;
    this.at++;
    return true;
  }

  private skipBlanks(): void {
    while (isBlank(this.peek(0))) this.at++;
  }

  /** @param offset at most one byte after those that are known not to be the NUL at the end */
  private peek(offset: i32): u8 {
    return load<u8>(this.at + offset);
  }
}

function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 <= 9;
}

function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Decodes the character after a backslash; 0 for an invalid one. */
function unescaped(byte: u8): u8 {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return byte;
    case 0x62: // b
      return 0x08;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    default:
      return 0;
  }
}
