import { datatypeName } from "./datatype";
import { input_byte_size, input_datatype, input_name, input_read, input_shape } from "./env";

/** Longest name, and highest rank, that is read. */
const NAME_MAX_BYTES: i32 = 256;
const MAX_RANK: i32 = 64;

const scratch: usize = memory.data(512);

/** An input of a request. Its bytes lie on the host's side until they are read. */
@final
export class Tensor {
  private dimensions: StaticArray<i64> | null = null;

  /** @param request index of the request @param index of the input */
  constructor(
    readonly request: i32,
    readonly index: i32,
  ) {}

  get name(): string {
    const length = input_name(this.request, this.index, scratch, NAME_MAX_BYTES);
    return String.UTF8.decodeUnsafe(scratch, min(length, NAME_MAX_BYTES));
  }

  /** Number of `Datatype`. */
  get datatype(): i32 {
    return input_datatype(this.request, this.index);
  }

  /** Such as FP32. */
  get datatypeName(): string {
    return datatypeName(this.datatype);
  }

  /** Size of the data in bytes. */
  get byteSize(): u32 {
    return input_byte_size(this.request, this.index);
  }

  /** The dimensions, at most 64 of them; none for a scalar. */
  get shape(): StaticArray<i64> {
    let known = this.dimensions;
    if (known == null) {
      const rank = min(input_shape(this.request, this.index, scratch, MAX_RANK), MAX_RANK);
      known = new StaticArray<i64>(rank);
      memory.copy(changetype<usize>(known), scratch, <usize>rank << 3);
      this.dimensions = known;
    }
    return known;
  }

  /** Copies up to `length` bytes of the data, from `offset` on, to `target`. @returns their number */
  read(offset: u32, target: usize, length: i32): i32 {
    return input_read(this.request, this.index, offset, target, length);
  }

  /** All of the data as numbers of type T. For large tensors {@link read} in slices is faster. */
  data<T>(): StaticArray<T> {
    const size = this.byteSize;
    const values = new StaticArray<T>(<i32>(size / sizeof<T>()));
    this.read(0, changetype<usize>(values), values.length * <i32>sizeof<T>());
    return values;
  }
}

/** Whether two shapes are equal. */
export function sameShape(one: StaticArray<i64>, other: StaticArray<i64>): bool {
  if (one.length != other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (unchecked(one[index]) != unchecked(other[index])) return false;
  }
  return true;
}

/** As `[1,-1]`. */
export function shapeText(shape: StaticArray<i64>): string {
  let text = "[";
  for (let index = 0; index < shape.length; index++) {
    if (index > 0) text += ",";
    text += unchecked(shape[index]).toString();
  }
  return text + "]";
}
