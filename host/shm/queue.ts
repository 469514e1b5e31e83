import { timedLockMutex, unlockMutex } from "../libc/mutex.js";
import {
  postSemaphore,
  semaphoreValue,
  timedWaitSemaphore,
  tryWaitSemaphore,
} from "../libc/semaphore.js";
import { type Address, addressOf, type Handle, offsetBy } from "../numbers.js";
import type { CriticalSection } from "./critical-section.js";
import { queueCorrupt } from "./errors.js";
import { OWNERSHIP_BYTES, objectAt } from "./ownership.js";
import type { Region } from "./region.js";

/** Offsets in `MessageQueueShm`. The caller knows the release. */
export interface QueueLayout {
  readonly bytes: number;
  readonly sem_empty: number;
  readonly sem_full: number;
  readonly mutex: number;
  readonly size: number;
  readonly buffer: number;
  readonly head: number;
  readonly tail: number;
}

/** The region. A copy of its bytes is enough while no handle is popped or pushed. */
export type QueueBytes = Pick<Region, "base" | "view" | "mappedBytes">;

const SLOT_BYTES = 8;

/**
 * A ring of handles in the region. One side pushes, the other one pops.
 *
 * ```
 *   tail: next to pop              head: next to write
 *     v                              v
 *   | h | h | h | h |   |   |   |   |   |    sem_full  = used slots
 *   0                              size-1    sem_empty = free slots
 * ```
 */
export class MessageQueue {
  private readonly region: QueueBytes;
  private readonly name: string;
  private readonly semEmpty: Address;
  private readonly semFull: Address;
  private readonly mutex: Address;
  private readonly headAt: number;
  private readonly tailAt: number;
  private readonly slotsAt: number;
  private readonly size: number;

  /**
   * @param handle of the `MessageQueueShm` block
   * @param name names the queue in errors
   * @throws StubError ERR_QUEUE_CORRUPT when the queue does not lie inside the region
   */
  constructor(region: QueueBytes, handle: number, layout: QueueLayout, name: string) {
    const { base, view, mappedBytes } = region;
    this.region = region;
    this.name = name;
    const at = objectAt(handle as Handle);
    if (handle <= 0 || at + layout.bytes > mappedBytes || at % 8 !== 0)
      this.refuse("handle", handle);
    this.semEmpty = addressOf(base, offsetBy(at, layout.sem_empty));
    this.semFull = addressOf(base, offsetBy(at, layout.sem_full));
    this.mutex = addressOf(base, offsetBy(at, layout.mutex));
    this.headAt = at + layout.head;
    this.tailAt = at + layout.tail;
    this.size = Number(view.getBigUint64(at + layout.size, true));
    const buffer = Number(view.getBigUint64(at + layout.buffer, true));
    this.slotsAt = buffer + OWNERSHIP_BYTES;
    if (buffer <= 0 || this.slotsAt % SLOT_BYTES !== 0) this.refuse("buffer", buffer);
    if (this.size < 1 || this.slotsAt + this.size * SLOT_BYTES > mappedBytes) {
      this.refuse("size", this.size);
    }
  }

  /**
   * Takes the next handle. Does not lock the queue's mutex, since only one process pops from a queue, and the owner of the mutex must not
   * die.
   * @param beforePop called with the handle and the index of its slot, before the handle is removed
   * @returns the handle; 0 is the server's token, which allows the stub to free the blocks of its answer; -1 when none came within
   *   `timeoutMs`
   * @throws StubError ERR_QUEUE_CORRUPT
   */
  pop(timeoutMs: number, beforePop: (handle: number, tail: number) => void = () => {}): number {
    if (!takeSemaphore(this.semFull, timeoutMs)) return -1;
    const { view } = this.region;
    const { tail, head } = this.indexes(this.semFull);
    // A process that died may have posted the semaphore once too often, so the ring decides. In a full ring, head equals tail as well.
    if (tail === head && semaphoreValue(this.semEmpty) > 0) return -1;
    const slot = this.slotsAt + tail * SLOT_BYTES;
    const handle = view.getUint32(slot, true);
    const high = view.getUint32(slot + 4, true);
    beforePop(handle, tail);
    view.setUint32(this.tailAt, (tail + 1) % this.size, true);
    postSemaphore(this.semEmpty);
    if (high !== 0) this.refuse("handle", high * 2 ** 32 + handle);
    return handle;
  }

  /**
   * The next handle and the index of its slot, which stay in the queue, so that {@link pop} takes this handle. The other side moves the head
   * before it posts the semaphore: until then, `pop` would take nothing.
   * @returns undefined when the queue is empty
   */
  peek(): { readonly handle: number; readonly tail: number } | undefined {
    const { view, base } = this.region;
    // glibc has the value of a semaphore in its lower half.
    if (view.getUint32(this.semFull - base, true) === 0) return undefined;
    const tail = this.index("tail", this.tailAt);
    const isEmpty = tail === this.index("head", this.headAt) && semaphoreValue(this.semEmpty) > 0;
    return isEmpty
      ? undefined
      : { handle: view.getUint32(this.slotsAt + tail * SLOT_BYTES, true), tail };
  }

  /**
   * Appends a handle to a queue that only this process pushes to.
   * @param beforePush called with the index of the slot, before the handle is in the queue
   * @returns false when the queue stayed full for `timeoutMs`
   * @throws StubError ERR_QUEUE_CORRUPT
   */
  push(handle: number, timeoutMs: number, beforePush: (head: number) => void = () => {}): boolean {
    if (!takeSemaphore(this.semEmpty, timeoutMs)) return false;
    const { head } = this.indexes(this.semEmpty);
    beforePush(head);
    this.put(head, handle);
    postSemaphore(this.semFull);
    return true;
  }

  /**
   * Appends a handle to a queue that other processes push to as well.
   * @param section entered while this process holds the queue's mutex
   * @param beforePush as for {@link push}
   * @returns false when the queue stayed full, or its mutex locked, for `timeoutMs`
   * @throws StubError ERR_QUEUE_CORRUPT, ERR_LOCK_OWNER_DEAD
   */
  pushShared(
    handle: number,
    timeoutMs: number,
    section: CriticalSection,
    beforePush: (head: number) => void,
  ): boolean {
    if (!takeSemaphore(this.semEmpty, timeoutMs)) return false;
    let done = false;
    section.enter();
    try {
      if (!timedLockMutex(this.mutex, timeoutMs, `the mutex of the ${this.name}`)) return false;
      try {
        const head = this.index("head", this.headAt);
        beforePush(head);
        this.put(head, handle);
        done = true;
      } finally {
        unlockMutex(this.mutex, this.name);
      }
    } finally {
      // Also after an error, the semaphores agree with the contents of the queue.
      postSemaphore(done ? this.semFull : this.semEmpty);
      section.leave();
    }
    return true;
  }

  /**
   * Whether the other side waits for the next handle, so it has finished its work on the handles before. glibc 2.21 and later counts the
   * waiting threads in the upper half of a semaphore.
   */
  get readerWaits(): boolean {
    const { view, base } = this.region;
    return view.getUint32(this.semFull - base + 4, true) !== 0;
  }

  private put(head: number, handle: number): void {
    const { view } = this.region;
    const slot = this.slotsAt + head * SLOT_BYTES;
    view.setUint32(slot, handle, true);
    view.setUint32(slot + 4, 0, true);
    view.setUint32(this.headAt, (head + 1) % this.size, true);
  }

  /** @param taken semaphore that was decremented; posted again when the queue is corrupt */
  private indexes(taken: Address): { readonly tail: number; readonly head: number } {
    try {
      return { tail: this.index("tail", this.tailAt), head: this.index("head", this.headAt) };
    } catch (error) {
      postSemaphore(taken);
      throw error;
    }
  }

  private index(what: string, at: number): number {
    const index = this.region.view.getUint32(at, true);
    if (index >= this.size) this.refuse(what, index);
    return index;
  }

  private refuse(what: string, value: number): never {
    throw queueCorrupt(this.name, what, value);
  }
}

function takeSemaphore(address: Address, timeoutMs: number): boolean {
  return tryWaitSemaphore(address) || timedWaitSemaphore(address, timeoutMs);
}
