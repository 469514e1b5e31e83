import { ByteStringsWriter } from "./byte-strings";
import { Datatype } from "./datatype";
import { Tensor } from "./tensor";
import {
  output_copy_input,
  output_create,
  output_name,
  output_write,
  output_zero,
} from "./triton_v1";

/** An output that the client requested. Each function returns false when the request has failed. */
@final
export class Output {
  /**
   * @param request index of the request
   * @param index index among the outputs that the client requested
   */
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
   * Creates the output as a tensor that is written afterwards; bytes that are not written are zero.
   * @param datatype number of `Datatype`
   * @param byteSize the size for the shape and datatype; for BYTES, the size of all elements with their lengths
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

  /** Creates the output from these numbers. */
  set<T>(datatype: i32, shape: StaticArray<i64>, values: StaticArray<T>): bool {
    const bytes = values.length * <i32>sizeof<T>();
    return this.create(datatype, shape, bytes) && this.write(0, changetype<usize>(values), bytes);
  }

  /** Creates the output as a BYTES tensor with these elements. */
  setByteStrings(shape: StaticArray<i64>, elements: ByteStringsWriter): bool {
    const size = elements.byteSize;
    return this.create(Datatype.Bytes, shape, size) && this.write(0, elements.start, <i32>size);
  }

  /** Creates the output as a copy of an input. No byte passes through this module. */
  copy(input: Tensor): bool {
    return output_copy_input(this.request, this.index, input.index) == 0;
  }

  /**
   * Creates the output as a tensor of zeros.
   * @param datatype a datatype of fixed size
   */
  zero(datatype: i32, shape: StaticArray<i64>): bool {
    return (
      output_zero(this.request, this.index, datatype, changetype<usize>(shape), shape.length) == 0
    );
  }
}
