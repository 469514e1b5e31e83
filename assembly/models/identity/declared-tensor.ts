import { isDigits, JsonKind, JsonValue, NO_INTEGER, Utf8 } from "../../sdk";
import { newLine } from "./line";
import { NAME_MAX_BYTES } from "./names";
import { refuse } from "./refusal";

/** An input or output in the configuration. A missing member is refused: the result is null or false, and the reason is recorded. */
@final
export class DeclaredTensor {
  /** Name in the configuration, such as TYPE_FP32. */
  datatype: Utf8 = NO_TEXT;
  /** The shape that the model sees: `reshape` if it exists, and `dims` otherwise. */
  shape: StaticArray<i64> = NO_SHAPE;
  name: Utf8 = NO_TEXT;
  /** The part of the name after INPUT or OUTPUT. */
  suffix: Utf8 = NO_TEXT;

  constructor(
    private readonly json: JsonValue,
    /** "input" or "output" */
    private readonly side: string,
    private readonly position: i32,
  ) {}

  /** Refuses a suffix that is not a number. NVIDIA's backend crashes with it at the first request. */
  readName(prefix: string): bool {
    const member = this.member("name", JsonKind.String, "a string");
    if (member == null) return false;
    const name = member.text;
    this.name = name;
    if (name.startsWith(prefix) && name.length <= NAME_MAX_BYTES) {
      this.suffix = name.from(prefix.length);
      if (isDigits(this.suffix)) return true;
    }
    return refuse(
      newLine("expected {} name to follow {}<index> pattern, got '{}'")
        .ascii(this.side)
        .ascii(prefix)
        .text(name),
    );
  }

  readDatatype(): bool {
    const datatype = this.member("data_type", JsonKind.String, "a string");
    if (datatype != null) this.datatype = datatype.text;
    return datatype != null;
  }

  readShape(): bool {
    const reshape = this.json.get("reshape");
    const plain = reshape == null || reshape.kind == JsonKind.Null;
    const shape = toShape(plain ? this.json.get("dims") : reshape!.get("shape"));
    if (shape == null)
      return this.refuseMember(plain ? "dims" : "shape", "an array of whole numbers");
    this.shape = shape;
    return true;
  }

  /**
   * Reads a required member.
   * @param wanted describes `kind` for the error
   */
  member(key: string, kind: JsonKind, wanted: string): JsonValue | null {
    const member = this.json.get(key);
    if (member != null && member.kind == kind) return member;
    this.refuseMember(key, wanted);
    return null;
  }

  hasShapeOf(other: DeclaredTensor): bool {
    const rank = this.shape.length;
    if (rank != other.shape.length) return false;
    for (let index = 0; index < rank; index++) {
      if (unchecked(this.shape[index]) != unchecked(other.shape[index])) return false;
    }
    return true;
  }

  private refuseMember(key: string, wanted: string): bool {
    return refuse(
      newLine("attempt to access non-existing object member '{}' of {} {} '{}', it must be {}")
        .ascii(key)
        .ascii(this.side)
        .integer(this.position)
        .text(this.name)
        .ascii(wanted),
    );
  }
}

/** @returns null unless the value is an array of whole numbers */
function toShape(list: JsonValue | null): StaticArray<i64> | null {
  if (list == null || list.kind != JsonKind.Array) return null;
  const shape = new StaticArray<i64>(list.count);
  let item = list.first;
  for (let index = 0; index < list.count; index++) {
    const dimension = item!.integer;
    if (dimension == NO_INTEGER) return null;
    unchecked((shape[index] = dimension));
    item = item!.next;
  }
  return shape;
}

const NO_TEXT = new Utf8(0, 0);
const NO_SHAPE = new StaticArray<i64>(0);
