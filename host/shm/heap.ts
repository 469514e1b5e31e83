import type { Handle, RegionOffset } from "../numbers.js";
import { BlockHeap } from "./block-heap.js";

/** The heap of the region, with references to blocks of the server, and to blocks that outlive a command. */
export class Heap extends BlockHeap {
  /** Drops one reference of blocks that a scope has kept. A block without references is freed. */
  drop(handles: readonly Handle[]): void {
    const scope = this.scope();
    for (const handle of handles) this.ledger.add(handle);
    scope.close();
  }

  /**
   * Adds a reference to a block of the server, so that it stays allocated when the server drops its own. Adds the block to the ledger.
   * @throws StubError ERR_REGION_FULL when the ledger is full, ERR_HEAP_CORRUPT when there is no such block
   */
  loadLocked(handle: Handle): void {
    this.ledger.requireRoom();
    this.requireBlock(handle);
    this.beginChange();
    this.core.heapLoad(handle);
    this.ledger.add(handle);
    this.core.commit();
  }

  /** Removes a block from the ledger before its scope ends, and drops one reference. */
  releaseLocked(handle: Handle): void {
    this.beginChange();
    try {
      this.dropLocked(handle);
    } finally {
      this.ledger.remove(handle);
      this.core.commit();
    }
  }

  /**
   * Drops one reference of a block that is in a list of its own, and not in the ledger. The length of the list changes with the heap: a
   * death in between undoes both.
   * @param lengthAt offset of the length, a word of 8 bytes
   */
  dropListedLocked(handle: Handle, lengthAt: RegionOffset, length: number): void {
    this.beginChange();
    try {
      this.core.putWord(lengthAt, length);
      this.dropLocked(handle);
    } finally {
      this.core.commit();
    }
  }
}
