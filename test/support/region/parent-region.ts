import { closeSync } from "node:fs";
import { initMutex } from "../../../host/libc/mutex.js";
import { initSemaphore } from "../../../host/libc/semaphore.js";
import {
  createSharedMemory,
  sharedMemorySize,
  unlinkSharedMemory,
} from "../../../host/libc/shm.js";
import type { Address } from "../../../host/numbers.js";
import { instantiateCore } from "../../../host/shm/core.js";
import { Heap } from "../../../host/shm/heap.js";
import { Ledger } from "../../../host/shm/ledger.js";
import { OWNERSHIP_BYTES } from "../../../host/shm/ownership.js";
import { MessageQueue } from "../../../host/shm/queue.js";
import { createRegionMemory, Region } from "../../../host/shm/region.js";
import { queueLayout } from "../../../host/wire/control.js";
import { type Layout, offsetsOf, structOf } from "../../../host/wire/layout.js";
import { WireReader } from "../../../host/wire/reader.js";
import { layoutOfRelease } from "../../../host/wire/supported.js";
import { WireWriter } from "../../../host/wire/writer.js";
import { parentCore, parentCoreModule } from "./parent-core.js";

export const coreModule = parentCoreModule;

const MIB = 1024 * 1024;
const SPARE_BYTES = MIB;

const open = new Set<ParentRegion>();
/** Memories of closed regions. Each new one would make V8 collect the garbage of the whole test worker. */
const spare: WebAssembly.Memory[] = [];
let made = 0;

/** A name of a shared-memory object that no other test uses. */
export function uniqueName(): string {
  made += 1;
  return `triton_wasm_test_${process.pid}_${made}`;
}

export interface ParentRegionOptions {
  readonly bytes?: number;
  readonly growthBytes?: number;
  readonly queueSize?: number;
  /** `YY.MM` */
  readonly release?: string;
  readonly ledger?: Ledger;
}

/** Names of the queues in the control block, in the order in which the server makes them. */
const QUEUES = [
  "stub_message_queue",
  "parent_message_queue",
  "stub_to_parent_mq",
  "parent_to_stub_mq",
  "memory_manager_message_queue",
] as const;

/**
 * A region as a server makes it before it starts a stub (docs/internals/protocol.md 1.1, docs/internals/heap.md): a POSIX shared-memory
 * object with a formatted heap, the two named objects, the control block and five queues.
 */
export class ParentRegion {
  readonly name = uniqueName();
  readonly bytes: number;
  readonly growthBytes: number;
  readonly layout: Layout;
  readonly fd: number;
  readonly region: Region;
  readonly heap: Heap;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  /** argv[7] of the stub. */
  readonly controlHandle: number;
  private readonly queueHandles: Readonly<Record<string, number>>;

  constructor(options: ParentRegionOptions = {}) {
    this.bytes = options.bytes ?? MIB;
    this.growthBytes = options.growthBytes ?? MIB;
    this.layout = layoutOfRelease(options.release ?? "23.12");
    this.fd = createSharedMemory(this.name, this.bytes);
    open.add(this);
    this.region = mapped(this.fd);
    this.format();
    this.heap = new Heap(this.region, coreModule, this.growthBytes, options.ledger ?? new Ledger());
    this.reader = new WireReader(this.region);
    this.writer = new WireWriter(this.region, this.heap);
    this.controlHandle = this.construct(structOf(this.layout, "IPCControlShm").size);
    this.queueHandles = Object.fromEntries(
      QUEUES.map((name) => [name, this.makeQueue(options.queueSize ?? 1000)]),
    );
    this.writeControl();
  }

  /** Opens one of the control block's queues again. */
  queue(name: (typeof QUEUES)[number]): MessageQueue {
    const layout = queueLayout(this.layout);
    return new MessageQueue(this.region, this.queueHandle(name), layout, name);
  }

  queueHandle(name: (typeof QUEUES)[number]): number {
    return this.queueHandles[name]!;
  }

  /**
   * Makes a zeroed block that is in no ledger.
   * @returns its handle
   */
  construct(objectBytes: number): number {
    this.heap.lock();
    try {
      const handle = this.heap.constructLocked(objectBytes);
      this.heap.ledger.removeLast();
      this.region.bytes.fill(0, handle + OWNERSHIP_BYTES, handle + OWNERSHIP_BYTES + objectBytes);
      return handle;
    } finally {
      this.heap.unlock();
    }
  }

  /** Adds `change` to the reference count of a block, like a peer that loads or drops it. Frees the block at 0. */
  count(handle: number, change: 1 | -1): void {
    this.heap.lock();
    try {
      const count = this.region.view.getUint32(handle, true) + change;
      this.region.view.setUint32(handle, count, true);
      if (count === 0) parentCore(this.heap.core).heapDeallocate(handle);
    } finally {
      this.heap.unlock();
    }
  }

  /** Bytes in allocated blocks. */
  allocated(): number {
    this.heap.lock();
    try {
      return parentCore(this.heap.core).heapAllocatedBytes() >>> 0;
    } finally {
      this.heap.unlock();
    }
  }

  /** Fills the free memory with garbage, as in a server that has run for some time, so that unwritten fields show in tests. */
  soil(): this {
    const bytes = Math.floor(this.bytes * 0.75);
    const handle = this.construct(bytes);
    const object = handle + OWNERSHIP_BYTES;
    this.region.bytes.fill(0xa5, object, object + bytes);
    this.count(handle, -1);
    return this;
  }

  close(): void {
    unlinkSharedMemory(this.name);
    closeSync(this.fd);
    open.delete(this);
    const { memory, mappedBytes } = this.region.share();
    // The next region maps at least as much.
    if (mappedBytes === SPARE_BYTES) spare.push(memory);
  }

  private format(): void {
    const { core: shared, setName } = instantiateCore(coreModule, this.region.memory);
    const core = parentCore(shared);
    core.setLimit(this.bytes);
    core.heapFormat(this.bytes);
    const mutex = core.heapFindOrConstructNamed(setName("shm_mutex"), 40, 8) >>> 0;
    const totalSize = core.heapFindOrConstructNamed(setName("total size"), 8, 8) >>> 0;
    initMutex((this.region.base + mutex) as Address);
    this.region.view.setBigUint64(totalSize, BigInt(this.bytes), true);
  }

  private makeQueue(size: number): number {
    const at = queueLayout(this.layout);
    const buffer = this.construct(size * 8);
    const handle = this.construct(at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view, base } = this.region;
    initSemaphore((base + object + at.sem_empty) as Address, size);
    initSemaphore((base + object + at.sem_full) as Address, 0);
    initMutex((base + object + at.mutex) as Address);
    view.setBigUint64(object + at.size, BigInt(size), true);
    view.setBigUint64(object + at.buffer, BigInt(buffer), true);
    return handle;
  }

  private writeControl(): void {
    const at = offsetsOf(this.layout, "IPCControlShm", "stub_health_mutex", ...QUEUES);
    const object = this.controlHandle + OWNERSHIP_BYTES;
    initMutex((this.region.base + object + at.stub_health_mutex) as Address);
    for (const name of QUEUES) {
      this.region.view.setBigUint64(object + at[name], BigInt(this.queueHandle(name)), true);
    }
  }
}

function mapped(fd: number): Region {
  const bytes = sharedMemorySize(fd);
  const reused = bytes < SPARE_BYTES ? undefined : spare.pop();
  const region = Region.attach({ memory: reused ?? createRegionMemory(), fd, mappedBytes: 0 });
  region.extendMapping(bytes);
  return region;
}

/** Call it in afterEach, so that no object outlives its test. */
export function closeRegions(): void {
  for (const region of open) region.close();
}
