import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import { constructZeroedLocked } from "./zeroed.js";

/** `CleanupMessage`: lets the server delete an object of its own (docs/internals/protocol.md 3.5). */
export class CleanupCodec {
  private readonly at: Readonly<Record<"waiting_on_stub" | "id" | "bytes", number>>;

  constructor(layout: Layout) {
    this.at = offsetsOf(layout, "CleanupMessage", "waiting_on_stub", "id");
  }

  /** Offset in the region of the flag that the server sets; mutex and condition are those of the message around it. */
  flagOf(handle: number): number {
    return handle + OWNERSHIP_BYTES + this.at.waiting_on_stub;
  }

  /** @param id address of the object @returns the record's handle */
  encodeLocked(heap: Heap, id: bigint): number {
    const handle = constructZeroedLocked(heap, this.at.bytes);
    heap.region.view.setBigUint64(handle + OWNERSHIP_BYTES + this.at.id, id, true);
    return handle;
  }
}
