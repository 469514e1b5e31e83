import { parseInteger } from "./decimal";
import { Utf8 } from "./utf8";

export enum JsonKind {
  Null,
  Boolean,
  Number,
  String,
  Array,
  Object,
}

/** A value of a JSON text, created by {@link JsonReader}. Items and members form a linked list. */
@final
export class JsonValue {
  /** The decoded text of a string, the literal one of a number, a boolean or null. */
  text: Utf8 = NOTHING;
  /** Name of a member of an object. */
  key: Utf8 = NOTHING;
  /** First item of an array, or value of the first member of an object. */
  first: JsonValue | null = null;
  next: JsonValue | null = null;
  /** Number of items or members. */
  count: i32 = 0;

  constructor(
    readonly kind: JsonKind,
    /** The memory of the texts, which exists as long as the value. */
    // biome-ignore lint/correctness/noUnusedPrivateClassMembers: keeps the texts from being collected
    private readonly source: ArrayBuffer | null = null,
  ) {}

  /** The first member with this name; null if there is none, or if the value is not an object. @param key in ASCII */
  get(key: string): JsonValue | null {
    if (this.kind != JsonKind.Object) return null;
    let member = this.first;
    while (member != null && !member.key.is(key)) member = member.next;
    return member;
  }

  get isTrue(): bool {
    // `true` is shorter than `false`.
    return this.kind == JsonKind.Boolean && this.text.length == 4;
  }

  /**
   * A number or a string as a whole number: the JSON form of protobuf has 64-bit numbers in quotes.
   * @returns NO_INTEGER for any other value, also for `1.0` and `1e0`
   */
  get integer(): i64 {
    return parseInteger(
      this.kind == JsonKind.Number || this.kind == JsonKind.String ? this.text : NOTHING,
    );
  }

  /** The value of a number; NaN for anything else. */
  get number(): f64 {
    return this.kind == JsonKind.Number ? parseFloat(this.text.toString()) : NaN;
  }
}

const NOTHING = new Utf8(0, 0);
