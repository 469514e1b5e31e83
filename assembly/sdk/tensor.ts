import { ByteStrings } from "./byte-strings";
import { Datatype, datatypeName } from "./datatype";
import { datatypeOf, holds } from "./element";
import { ErrorCode } from "./error-code";
import { quoted } from "./quoted";
import { elementCount, fits, shapeText } from "./shape";
import {
  input_byte_size,
  input_datatype,
  input_name,
  input_read,
  input_shape,
  RANK_MAX,
  response_error,
} from "./triton_v1";

/** Default limit of {@link Tensor.data}: the model's memory should have room for several copies of a tensor. */
const DATA_MAX_BYTES: u32 = 64 * 1024 * 1024;

/**
 * An input of a request. The host keeps its bytes until they are read. `data` and the functions that begin with `require` answer the
 * request with an error when the client has sent something that the model does not accept. Their result shows it.
 */
@final
export class Tensor {
  private dimensions: StaticArray<i64> | null = null;

  /**
   * @param request index of the request
   * @param index index of the input
   */
  constructor(
    readonly request: i32,
    readonly index: i32,
  ) {}

  get name(): string {
    const length = input_name(this.request, this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    input_name(this.request, this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** Datatype as a number of `Datatype`. */
  get datatype(): i32 {
    return input_datatype(this.request, this.index);
  }

  /** Name of the datatype, such as FP32. */
  get datatypeName(): string {
    return datatypeName(this.datatype);
  }

  /** Size of the data in bytes. */
  get byteSize(): u32 {
    return input_byte_size(this.request, this.index);
  }

  /** Number of dimensions that the client sent; 0 for a scalar. */
  get rank(): i32 {
    const known = this.dimensions;
    return known != null ? known.length : input_shape(this.request, this.index, 0, 0);
  }

  /** The dimensions that the client sent; empty for a scalar. The size of the data may not match them. */
  get shape(): StaticArray<i64> {
    return this.readShape(this.rank);
  }

  /**
   * Returns the dimensions; null when there are more than RANK_MAX, or when they do not match the size of the data. Not every
   * release of the server checks the size.
   */
  requireShape(): StaticArray<i64> | null {
    const rank = this.rank;
    if (rank > RANK_MAX) {
      this.refuse(`has ${rank} dimensions, above the model's limit of ${RANK_MAX}`);
      return null;
    }
    const shape = this.readShape(rank);
    const size = this.byteSize;
    if (fits(shape, this.datatype, size)) return shape;
    this.refuse(
      `has ${size} bytes, which do not fit its shape ${shapeText(shape)} of datatype ${this.datatypeName}`,
    );
    return null;
  }

  /** @returns false if the input has another datatype */
  requireDatatype(datatype: Datatype): bool {
    if (this.datatype == datatype) return true;
    this.refuse(`has the datatype ${this.datatypeName}, the model reads ${datatypeName(datatype)}`);
    return false;
  }

  /**
   * Copies up to `length` bytes of the data, from `offset` on, to `target`.
   * @returns the number of copied bytes
   */
  read(offset: u32, target: usize, length: i32): i32 {
    return input_read(this.request, this.index, offset, target, length);
  }

  /**
   * Returns all data as elements of type T. u8 also reads BOOL, and BYTES with their lengths; u16 also reads FP16 and BF16.
   * For large tensors, reading slices with {@link read} is faster.
   * @param maxBytes the model's limit
   * @returns null for another datatype, a size that does not match the shape, or a size above the limit
   */
  data<T>(maxBytes: u32 = DATA_MAX_BYTES): StaticArray<T> | null {
    const datatype = this.datatype;
    if (!holds<T>(datatype)) {
      this.refuse(
        `has the datatype ${datatypeName(datatype)}, the model reads ${datatypeName(datatypeOf<T>())}`,
      );
      return null;
    }
    if (this.requireShape() == null) return null;
    const size = this.byteSize;
    if (size > maxBytes) {
      this.refuse(`has ${size} bytes, above the model's limit of ${maxBytes}`);
      return null;
    }
    const values = new StaticArray<T>(<i32>(size / sizeof<T>()));
    this.read(0, changetype<usize>(values), size);
    return values;
  }

  /**
   * Returns the elements of BYTES. They are checked: none is cut off, and their number fits the shape.
   * @param maxBytes the model's limit
   * @returns null for another datatype, data that are not as many elements as the shape has, or a size above the limit
   */
  byteStrings(maxBytes: u32 = DATA_MAX_BYTES): ByteStrings | null {
    if (!this.requireDatatype(Datatype.Bytes)) return null;
    const bytes = this.data<u8>(maxBytes);
    if (bytes == null) return null;
    const elements = new ByteStrings(bytes);
    let count: i64 = 0;
    while (elements.next()) count++;
    const shape = this.shape;
    if (elements.isCutOff) {
      this.refuse("ends within an element");
      return null;
    }
    if (count != elementCount(shape)) {
      this.refuse(`has ${count} elements, but the shape ${shapeText(shape)}`);
      return null;
    }
    return new ByteStrings(bytes);
  }

  private readShape(rank: i32): StaticArray<i64> {
    let known = this.dimensions;
    if (known == null) {
      known = new StaticArray<i64>(rank);
      input_shape(this.request, this.index, changetype<usize>(known), rank);
      this.dimensions = known;
    }
    return known;
  }

  /**
   * Answers the request with an error about this input.
   * @param what the sentence after the input's name
   */
  private refuse(what: string): void {
    const text = String.UTF8.encode(`input ${quoted(this.name)} ${what}`);
    response_error(this.request, ErrorCode.InvalidArg, changetype<usize>(text), text.byteLength);
  }
}
