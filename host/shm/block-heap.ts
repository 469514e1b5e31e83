import { lockMutex, unlockMutex } from "../libc/mutex.js";
import { REGION_MAX_BYTES, UNDO_ENTRIES } from "../limits.js";
import { type Address, addressOf, type Handle } from "../numbers.js";
import { type Core, instantiateCore } from "./core.js";
import type { CriticalSection } from "./critical-section.js";
import { freedTwice, noRoomFor } from "./errors.js";
import type { Ledger } from "./ledger.js";
import {
  declareBytes,
  declaredBytes,
  POOL_MUTEX_OFFSET,
  requireNamedObjects,
} from "./named-objects.js";
import { OWNERSHIP_BYTES } from "./ownership.js";
import type { Region } from "./region.js";
import { type BlockOwner, Scope } from "./scope.js";

/** Layout of the undo log: two numbers, then two words for each entry (assembly/core/undo.ts). */
const LEDGER_COUNT_AT = 4;
const UNDO_BYTES = 8 + 16 * UNDO_ENTRIES;
const POOL_MUTEX = "the region's pool mutex";

/**
 * The heap of the region: blocks with reference counts, protected by the server's pool mutex.
 * A handle is the offset of a block's ownership header; the object is at handle + {@link OWNERSHIP_BYTES}.
 *
 * Functions whose names end in `Locked` need the pool mutex: call them within {@link locked}.
 */
export class BlockHeap implements BlockOwner {
  readonly region: Region;
  readonly core: Core;
  readonly ledger: Ledger;
  /** All blocks of the ledger: those of the current command, and those that an executor has left at its death. */
  readonly command: Scope;
  private readonly growthBytes: number;
  private readonly mutex: Address;
  private readonly section: CriticalSection;
  /** Offset of the undo log; 0: there is none. */
  private undoLog = 0;
  private readonly setName: (name: string) => number;

  /**
   * Opens the heap that the parent has formatted.
   * @param region may be mapped only in part, if the server has enlarged it meanwhile
   * @param growthBytes the region grows in multiples of this number of bytes (argv[4])
   * @param section entered while this process holds the pool mutex
   */
  constructor(
    region: Region,
    coreModule: WebAssembly.Module,
    growthBytes: number,
    ledger: Ledger,
    section: CriticalSection = { enter() {}, leave() {} },
  ) {
    this.region = region;
    this.section = section;
    this.growthBytes = growthBytes;
    this.ledger = ledger;
    this.command = new Scope(this, 0);
    const { core, setName } = instantiateCore(coreModule, region.memory);
    this.core = core;
    this.setName = setName;
    this.mutex = addressOf(region.base, POOL_MUTEX_OFFSET);
    core.setLimit(region.mappedBytes);
  }

  /**
   * Checks that a server of a known release has made this heap. One check per process is enough: the objects never move.
   * @throws StubError ERR_MESSAGE_INVALID when a named object is not at its known offset
   */
  requireKnownParent(): void {
    requireNamedObjects((name) => this.core.heapFindNamed(this.setName(name)) >>> 0);
  }

  /**
   * Makes the core save the words that a change of the heap overwrites in an undo log, a block of the region. When this process dies during
   * a change, the guard undoes it.
   * @param handle handle of the undo log, which all executors of the instance share; 0 makes one
   * @returns the handle of the undo log
   */
  noteChanges(handle: number): number {
    const block = handle === 0 ? this.makeUndoLog() : handle;
    this.undoLog = block + OWNERSHIP_BYTES;
    this.core.setUndoLog(this.undoLog, UNDO_ENTRIES);
    return block;
  }

  /** Notes the length of the ledger: undoing a change restores it. `commit` of the core ends the change. */
  beginChange(): void {
    if (this.undoLog !== 0)
      this.region.view.setUint32(this.undoLog + LEDGER_COUNT_AT, this.ledger.count, true);
  }

  private makeUndoLog(): number {
    const scope = this.scope();
    const handle = this.construct(UNDO_BYTES);
    this.region.view.setUint32(handle + OWNERSHIP_BYTES, 0, true);
    // The block stays allocated for the life of the instance.
    scope.keep();
    return handle;
  }

  /** Locks the pool mutex, and maps the bytes that the server has added to the region. */
  lock(): void {
    this.section.enter();
    try {
      lockMutex(this.mutex, POOL_MUTEX);
    } catch (error) {
      this.section.leave();
      throw error;
    }
    try {
      this.followGrowth();
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  unlock(): void {
    unlockMutex(this.mutex, POOL_MUTEX);
    this.section.leave();
  }

  /** Runs `action` under the pool mutex. */
  locked<Result>(action: () => Result): Result {
    this.lock();
    try {
      return action();
    } finally {
      this.unlock();
    }
  }

  /**
   * As {@link constructLocked}, for blocks of any size. Locks the pool mutex, but not while the kernel makes room: that takes 0.3 ms for
   * each MiB, and the server would wait for the mutex.
   */
  construct(objectBytes: number): Handle {
    const bytes = objectBytes + OWNERSHIP_BYTES;
    this.ledger.requireRoom();
    const handle = this.locked(() => {
      const found = this.allocateLocked(bytes);
      return found === 0 ? undefined : this.ownLocked(found);
    });
    if (handle !== undefined) return handle;
    this.region.reserve(this.grownBytes(bytes));
    return this.locked(() => this.constructLocked(objectBytes));
  }

  /**
   * Makes a block with reference count 1, adds it to the ledger, and returns its handle. The bytes of the object are not zeroed. Use
   * {@link construct} for large blocks.
   * @throws StubError ERR_REGION_FULL, ERR_REGION_SIZE when the region cannot grow
   */
  constructLocked(objectBytes: number): Handle {
    this.ledger.requireRoom();
    const bytes = objectBytes + OWNERSHIP_BYTES;
    return this.ownLocked(this.allocateOrGrowLocked(bytes));
  }

  /** Opens a scope. Blocks that are constructed from now on belong to it. */
  scope(): Scope {
    return new Scope(this, this.ledger.count);
  }

  /**
   * Removes all but the first `keep` blocks from the ledger, the newest first, and drops one reference of each: the last one frees a block.
   */
  dropNewerLocked(keep: number): void {
    while (this.ledger.count > keep) {
      this.beginChange();
      try {
        const { last } = this.ledger;
        if (last !== 0) this.dropLocked(last);
      } finally {
        this.ledger.removeLast();
        this.core.commit();
      }
    }
  }

  /** As {@link dropNewerLocked}, and locks the mutex. */
  dropNewer(keep: number): void {
    if (this.ledger.count > keep) this.locked(() => this.dropNewerLocked(keep));
  }

  dropLocked(handle: number): void {
    this.requireBlock(handle);
    this.core.heapDrop(handle);
  }

  protected requireBlock(handle: number): void {
    const count = this.region.view.getUint32(handle, true);
    // Bit 63 of the word before a payload is set when the block is allocated. A free block has a pointer instead of the count.
    if (count === 0 || this.region.view.getInt32(handle - 4, true) >= 0) {
      throw freedTwice(handle);
    }
  }

  /** As {@link allocateLocked}, and makes the region larger if it has no room. @throws StubError ERR_REGION_FULL, ERR_REGION_SIZE */
  allocateOrGrowLocked(bytes: number): number {
    let handle = this.allocateLocked(bytes);
    if (handle === 0) {
      this.growLocked(bytes);
      handle = this.allocateLocked(bytes);
    }
    if (handle === 0) throw noRoomFor(bytes);
    return handle;
  }

  /** @returns the handle of a block; 0 when the region has no room for it */
  private allocateLocked(bytes: number): number {
    this.beginChange();
    // The core receives only 32 bits of a number. A block above the limit is refused when the region is to grow for it.
    return bytes > REGION_MAX_BYTES ? 0 : this.core.heapAllocate(bytes) >>> 0;
  }

  private ownLocked(handle: number): Handle {
    this.region.view.setUint32(handle, 1, true);
    this.ledger.add(handle);
    this.core.commit();
    return handle as Handle;
  }

  /** Maps the bytes that the server has added to the region. Call it before reading a handle that came through a queue. */
  followGrowth(): void {
    const totalBytes = declaredBytes(this.region);
    if (totalBytes === this.region.mappedBytes) return;
    this.region.extendMapping(totalBytes);
    this.core.setLimit(totalBytes);
  }

  /** New size of the region by the rule of NVIDIA's stub: whole steps that fit the request (docs/internals/heap.md, "Grow"). */
  private grownBytes(bytes: number): number {
    const steps = Math.floor(bytes / this.growthBytes) + 1;
    return this.region.mappedBytes + this.growthBytes * steps;
  }

  private growLocked(bytes: number): void {
    const oldBytes = this.region.mappedBytes;
    const newBytes = this.grownBytes(bytes);
    this.region.growObject(newBytes);
    this.core.setLimit(newBytes);
    // The size changes before the heap: the server maps only up to this size.
    declareBytes(this.region, newBytes);
    this.core.heapGrow(newBytes - oldBytes);
  }
}
