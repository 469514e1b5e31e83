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

/** Two numbers, and two words for each entry (assembly/core/undo.ts). */
const LEDGER_COUNT_AT = 4;
const UNDO_BYTES = 8 + 16 * UNDO_ENTRIES;

const POOL_MUTEX = "the region's pool mutex";

/**
 * The heap of the region: blocks with reference counts, guarded by the server's own pool mutex.
 * A handle is the offset of a block's ownership word; the object is at handle + {@link OWNERSHIP_BYTES}.
 *
 * Functions whose name ends in `Locked` need the pool mutex: call them inside of {@link locked}.
 */
export class Heap implements BlockOwner {
  readonly region: Region;
  readonly core: Core;
  readonly ledger: Ledger;
  /** All blocks that the ledger lists: those of the command in work, and what an executor that has died has left. */
  readonly command: Scope;
  private readonly growthBytes: number;
  private readonly mutex: Address;
  private readonly section: CriticalSection;
  /** Offset of the log of changes; 0: there is none. */
  private undoLog = 0;
  private readonly setName: (name: string) => number;

  /**
   * Opens the heap that the parent has formatted.
   * @param region as far as it was mapped when it was shared; the server may have made it larger since
   * @param growthBytes the step of growth in bytes (argv[4])
   * @param section in which the pool mutex is held
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
   * Lets the core note in a block of the region what a change of the heap overwrites. The guard undoes the change when this process dies in
   * the middle of it.
   * @param handle of the block, which every process that uses this heap needs in turn; 0: makes it
   * @returns its handle
   */
  noteChanges(handle: number): number {
    const block = handle === 0 ? this.makeUndoLog() : handle;
    this.undoLog = block + OWNERSHIP_BYTES;
    this.core.setUndoLog(this.undoLog, UNDO_ENTRIES);
    return block;
  }

  /** A change that does not reach `commit` is undone, with what it does to the ledger. */
  private beginChange(): void {
    if (this.undoLog !== 0)
      this.region.view.setUint32(this.undoLog + LEDGER_COUNT_AT, this.ledger.count, true);
  }

  private makeUndoLog(): number {
    return this.locked(() => {
      const scope = this.scope();
      const handle = this.constructLocked(UNDO_BYTES);
      this.region.view.setUint32(handle + OWNERSHIP_BYTES, 0, true);
      // It stays for the life of the instance.
      scope.keep();
      return handle;
    });
  }

  /** Takes the pool mutex and maps what the peer has added to the region since. */
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
   * As {@link constructLocked}, of any size: takes the pool mutex, but not while the kernel makes room. That takes 0.3 ms for each MiB,
   * in which the server would wait for the mutex.
   */
  construct(objectBytes: number): Handle {
    const bytes = objectBytes + OWNERSHIP_BYTES;
    this.ledger.requireRoom();
    const handle = this.locked(() => {
      const found = this.allocateLocked(bytes);
      return found === 0 ? undefined : this.ownLocked(found, bytes);
    });
    if (handle !== undefined) return handle;
    this.region.reserve(this.grownBytes(bytes));
    return this.locked(() => this.constructLocked(objectBytes));
  }

  /**
   * A new block with reference count 1, entered in the ledger. The object's bytes are not zeroed. For small ones: see {@link construct}.
   * @returns its handle
   * @throws StubError ERR_REGION_FULL, ERR_REGION_SIZE when the region cannot grow
   */
  constructLocked(objectBytes: number): Handle {
    this.ledger.requireRoom();
    const bytes = objectBytes + OWNERSHIP_BYTES;
    let handle = this.allocateLocked(bytes);
    if (handle === 0) {
      this.growLocked(bytes);
      handle = this.allocateLocked(bytes);
    }
    return this.ownLocked(handle, bytes);
  }

  /** Opens a scope within those that are open: what is constructed from now on belongs to it. */
  scope(): Scope {
    return new Scope(this, this.ledger.count);
  }

  /**
   * Drops one reference of every block that the ledger holds beyond its first `keep` entries, newest first, freeing
   * those that nobody holds any more.
   */
  dropNewerLocked(keep: number): void {
    while (this.ledger.count > keep) {
      this.beginChange();
      try {
        this.dropLocked(this.ledger.last);
      } finally {
        this.ledger.removeLast();
        this.core.commit();
      }
    }
  }

  /** {@link dropNewerLocked} under the mutex. */
  dropNewer(keep: number): void {
    if (this.ledger.count > keep) this.locked(() => this.dropNewerLocked(keep));
  }

  private dropLocked(handle: number): void {
    const count = this.region.view.getUint32(handle, true);
    // Bit 63 of the word before a payload: the block is allocated. In a free one, the count is a pointer of the free tree.
    if (count === 0 || this.region.view.getInt32(handle - 4, true) >= 0) {
      throw freedTwice(handle);
    }
    this.core.heapDrop(handle);
  }

  /** @returns the handle of a block, 0 when the region has no room for it */
  private allocateLocked(bytes: number): number {
    this.beginChange();
    // On its way into the core a number beyond 32 bits becomes a small one; to grow for it is refused.
    return bytes > REGION_MAX_BYTES ? 0 : this.core.heapAllocate(bytes) >>> 0;
  }

  private ownLocked(handle: number, bytes: number): Handle {
    if (handle === 0) throw noRoomFor(bytes);
    this.region.view.setUint32(handle, 1, true);
    this.ledger.add(handle);
    this.core.commit();
    return handle as Handle;
  }

  /** Maps what the peer has added; enough before following a handle that came through a queue. */
  followGrowth(): void {
    const totalBytes = declaredBytes(this.region);
    if (totalBytes === this.region.mappedBytes) return;
    this.region.extendMapping(totalBytes);
    this.core.setLimit(totalBytes);
  }

  /** The reference's rule: enough whole steps for the request, always at least one (docs/internals/heap.md, "Grow"). */
  private grownBytes(bytes: number): number {
    const steps = Math.floor(bytes / this.growthBytes) + 1;
    return this.region.mappedBytes + this.growthBytes * steps;
  }

  private growLocked(bytes: number): void {
    const oldBytes = this.region.mappedBytes;
    const newBytes = this.grownBytes(bytes);
    this.region.growObject(newBytes);
    this.core.setLimit(newBytes);
    // First: what the heap has beyond this size, nobody else would map.
    declareBytes(this.region, newBytes);
    this.core.heapGrow(newBytes - oldBytes);
  }
}
