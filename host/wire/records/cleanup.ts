import { type Handle, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";

/**
 * `CleanupMessage`: lets the server delete one of its objects, a response factory or a stream (docs/internals/protocol.md 3.5). Mutex and
 * condition variable are in the message that carries the record.
 */
export class CleanupCodec {
  private readonly at;

  constructor(layout: Layout) {
    this.at = offsetsOf(layout, "CleanupMessage", "waiting_on_stub", "id");
  }

  /** Offset of the flag that the server sets when it is done. */
  flagOf(handle: Handle): RegionOffset {
    return offsetBy(objectAt(handle), this.at.waiting_on_stub);
  }

  /**
   * @param handle from a message
   * @returns address of the object in the server
   */
  decode(reader: WireReader, handle: number): bigint {
    return reader.bigU64(reader.objectOf(handle, this.at.bytes, "a clean-up"), this.at.id);
  }

  /**
   * @param id address of the object in the server
   * @returns the record's handle
   */
  encodeLocked(writer: WireWriter, id: bigint): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    writer.bigU64(objectAt(handle), this.at.id, id);
    return handle;
  }
}
