import { Tensor } from "./tensor";
import {
  output_copy_input,
  output_create,
  output_name,
  output_write,
  output_zero,
} from "./triton_v1";

/** An output that the client wants. Each of the functions returns false when the request has failed instead. */
@final
export class Output {
  /** @param request index of the request @param index of the output among those that the client wants */
  constructor(
    readonly request: i32,
    readonly index: i32,
  ) {}

  get name(): string {
    const length = output_name(this.request, this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    output_name(this.request, this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /**
   * Makes the output a tensor that is about to be written; what is never written is zero.
   * @param datatype number of `Datatype`
   * @param byteSize what shape and datatype make; of BYTES elements with their lengths
   */
  create(datatype: i32, shape: StaticArray<i64>, byteSize: u32): bool {
    const dimensions = changetype<usize>(shape);
    return (
      output_create(this.request, this.index, datatype, dimensions, shape.length, byteSize) == 0
    );
  }

  /** Copies `length` bytes at `source` to the data from `offset` on. */
  write(offset: u32, source: usize, length: i32): bool {
    return output_write(this.request, this.index, offset, source, length) == 0;
  }

  /** Makes the output of these numbers. */
  set<T>(datatype: i32, shape: StaticArray<i64>, values: StaticArray<T>): bool {
    const bytes = values.length * <i32>sizeof<T>();
    return this.create(datatype, shape, bytes) && this.write(0, changetype<usize>(values), bytes);
  }

  /** Makes the output a copy of an input, no byte of which passes through this module. */
  copy(input: Tensor): bool {
    return output_copy_input(this.request, this.index, input.index) == 0;
  }

  /** Makes the output a tensor of zeros. @param datatype of a fixed size */
  zero(datatype: i32, shape: StaticArray<i64>): bool {
    return (
      output_zero(this.request, this.index, datatype, changetype<usize>(shape), shape.length) == 0
    );
  }
}
