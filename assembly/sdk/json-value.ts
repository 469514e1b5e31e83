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

/** A value of a JSON text. Items and members form a linked list: each refers to the `next`. */
@final
export class JsonValue {
  /** The decoded text of a string, or the literal text of a number, a boolean or null. */
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
    /** The memory of the texts, which lives as long as the value. */
    // biome-ignore lint/correctness/noUnusedPrivateClassMembers: keeps the texts from being collected
    private readonly source: ArrayBuffer | null = null,
  ) {}

  /**
   * Returns the first member of this name; null when there is none, or when this is not an object.
   * @param key ASCII text
   */
  get(key: string): JsonValue | null {
    if (this.kind != JsonKind.Object) return null;
    let member = this.first;
    while (member != null && !member.key.is(key)) member = member.next;
    return member;
  }

  get isTrue(): bool {
    // `true` has 4 characters, `false` has 5.
    return this.kind == JsonKind.Boolean && this.text.length == 4;
  }

  /**
   * The whole number in a number or a string: in protobuf's JSON, 64-bit numbers are strings.
   * @returns NO_INTEGER for anything else, including `1.0` and `1e0`
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
