const DIMENSION_BYTES: usize = 8;

/** The tensor of zero bytes that replaces an optional input which a request does not have. */
@final
export class Zeros {
  /** The batch dimension, then the dimensions of the configuration. */
  private readonly dimensions: StaticArray<i64>;

  /** @param shape the configured shape; -1 becomes 1 */
  constructor(
    readonly datatype: i32,
    shape: StaticArray<i64>,
  ) {
    const dimensions = new StaticArray<i64>(shape.length + 1);
    for (let index = 0; index < shape.length; index++) {
      const size = unchecked(shape[index]);
      unchecked((dimensions[index + 1] = size == -1 ? 1 : size));
    }
    this.dimensions = dimensions;
  }

  set batchSize(size: i64) {
    unchecked((this.dimensions[0] = size));
  }

  /**
   * Address of the dimensions.
   * @param batching whether to include the batch dimension
   */
  shape(batching: bool): usize {
    const start = changetype<usize>(this.dimensions);
    return batching ? start : start + DIMENSION_BYTES;
  }

  /** Number of dimensions; like {@link shape}. */
  rank(batching: bool): i32 {
    return batching ? this.dimensions.length : this.dimensions.length - 1;
  }
}
