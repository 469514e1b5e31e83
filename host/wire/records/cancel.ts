import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { ExchangeFields } from "../exchange.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";

/** `CancelBLSRequestMessage`, from 25.04 on: asks the server to cancel a call with a stream of responses. */
export class CancelCodec {
  readonly fields: ExchangeFields;
  private readonly at;

  /** @param layout of 25.04 or later */
  constructor(layout: Layout) {
    const struct = "CancelBLSRequestMessage";
    this.fields = new ExchangeFields(layout, struct);
    this.at = offsetsOf(layout, struct, "infer_payload_id", "is_cancelled");
  }

  /**
   * @param handle from a message
   * @returns the server's id of the stream
   */
  decode(reader: WireReader, handle: number): bigint {
    const object = reader.objectOf(handle, this.at.bytes, "a cancellation");
    return reader.bigU64(object, this.at.infer_payload_id);
  }

  /**
   * @param stream `ResponseRecord.stream` of its first response
   * @returns the record's handle
   */
  encodeLocked(writer: WireWriter, stream: bigint): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    writer.bigU64(objectAt(handle), this.at.infer_payload_id, stream);
    return handle;
  }

  /** Whether the server has asked the called model to stop. */
  readCancelled(reader: WireReader, handle: Handle): boolean {
    return reader.flag(objectAt(handle), this.at.is_cancelled);
  }
}
