import type { Handle } from "../numbers.js";
import type { Heap } from "./heap.js";
import { OWNERSHIP_BYTES, objectAt } from "./ownership.js";

/** Of a list, and of an entry (assembly/core/references.ts). */
const HEAD_BYTES = 8;
const ENTRY_BYTES = 8;

/**
 * Lists of blocks of the server to which this side holds one reference each, so that the server does not free them. A list is a block of
 * the region, which outlives the executor. The ledger does not contain it: the owner notes its handle.
 */
export class HeldBlocks {
  private readonly heap: Heap;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /**
   * Makes an empty list.
   * @param capacity number of blocks for which it has room
   * @param note notes the handle of the list, directly after it exists
   * @throws StubError ERR_REGION_FULL, ERR_REGION_SIZE when the region cannot grow
   */
  makeLocked(capacity: number, note: (list: Handle) => void): Handle {
    const { heap } = this;
    const bytes = OWNERSHIP_BYTES + HEAD_BYTES + capacity * ENTRY_BYTES;
    const handle = heap.allocateOrGrowLocked(bytes);
    const { view } = heap.region;
    view.setUint32(handle, 1, true);
    view.setBigUint64(objectAt(handle as Handle), 0n, true);
    heap.core.commit();
    note(handle as Handle);
    return handle as Handle;
  }

  /**
   * Adds a reference of a block to a list that has room for it.
   * @throws StubError when the bytes are not a block
   */
  holdLocked(list: Handle, handle: Handle): void {
    const { heap } = this;
    heap.beginChange();
    try {
      heap.core.heapHold(objectAt(list), handle);
    } finally {
      heap.core.commit();
    }
  }

  /**
   * Drops the references of a list, and frees it.
   * @param forget forgets the handle of the list, directly before it is freed
   */
  letGoLocked(list: Handle, forget: () => void): void {
    const { heap } = this;
    const at = objectAt(list);
    while (heap.region.view.getUint32(at, true) > 0) {
      heap.beginChange();
      try {
        heap.core.heapLetGo(at);
      } finally {
        heap.core.commit();
      }
    }
    forget();
    heap.beginChange();
    try {
      heap.dropLocked(list);
    } finally {
      heap.core.commit();
    }
  }
}
