import type { ObjectOffset } from "../../numbers.js";
import { type Layout, structOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";

const INT32_BYTES = 4;
const INT32_MAX = 2n ** 31n - 1n;

/** The time-out of a request in microseconds; 0 for none. Its field has 4 bytes in 23.10 and 23.11, and 8 bytes in later releases. */
export class RequestTimeoutCodec {
  private readonly at: number;
  private readonly isInt32: boolean;

  constructor(layout: Layout) {
    const [at, bytes] = structOf(layout, "InferRequestShm").fields.timeout!;
    this.at = at;
    this.isInt32 = bytes === INT32_BYTES;
  }

  /** @param object the `InferRequestShm` */
  read(reader: WireReader, object: ObjectOffset): bigint {
    return this.isInt32 ? BigInt(reader.u32(object, this.at)) : reader.bigU64(object, this.at);
  }

  /**
   * Writes the longest time-out that the field can hold in place of a longer one.
   * @param object the `InferRequestShm`
   */
  write(writer: WireWriter, object: ObjectOffset, microseconds: bigint): void {
    if (this.isInt32) {
      writer.i32(object, this.at, Number(microseconds < INT32_MAX ? microseconds : INT32_MAX));
    } else writer.bigU64(object, this.at, microseconds);
  }
}
