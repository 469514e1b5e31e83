import { closeSync } from "node:fs";
import { initMutex } from "../../host/libc/mutex.js";
import { createSharedMemory, unlinkSharedMemory } from "../../host/libc/shm.js";
import type { Address } from "../../host/numbers.js";
import { Heap } from "../../host/shm/heap.js";
import { Ledger } from "../../host/shm/ledger.js";
import { MessageQueue } from "../../host/shm/queue.js";
import { Region } from "../../host/shm/region.js";
import { queueLayout, readControl } from "../../host/wire/control.js";
import { WireReader } from "../../host/wire/reader.js";
import { layoutOfRelease } from "../../host/wire/supported.js";
import { fixtureIndex, readRegion } from "../fixtures/fixture.js";
import { parentCore } from "../support/region/parent-core.js";
import { coreModule, uniqueName } from "../support/region/parent-region.js";

const { controlHandle, fixtures } = fixtureIndex();
const MIB = 1024 * 1024;
const POOL_MUTEX = 184;

describe.each(
  fixtures.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const),
)("a real server's region, %s", (_place, fixture) => {
  let fd: number;
  let region: Region;

  beforeEach(() => {
    const bytes = readRegion(fixture);
    const name = uniqueName();
    fd = createSharedMemory(name, bytes.length);
    unlinkSharedMemory(name);
    region = Region.map(fd);
    region.bytes.set(bytes);
    // The mutex may have the thread id of a process that has ended.
    initMutex((region.base + POOL_MUTEX) as Address);
  });

  afterEach(() => closeSync(fd));

  test("opens as a heap, allocates blocks, grows, and has no leak afterwards", () => {
    const heap = new Heap(region, coreModule, MIB, new Ledger());
    const before = parentCore(heap.core).heapAllocatedBytes() >>> 0;
    const size = region.mappedBytes;
    heap.lock();
    for (const bytes of [1, 40, 41, 100, 1000, 50_000, 2 * MIB, 7, 300])
      heap.constructLocked(bytes);
    heap.unlock();
    expect(region.mappedBytes).toBe(size + 3 * MIB);
    expect(parentCore(heap.core).heapAllocatedBytes() >>> 0).toBeGreaterThan(before + 2 * MIB);
    heap.dropNewer(0);
    expect(parentCore(heap.core).heapAllocatedBytes() >>> 0).toBe(before);
  });

  test("has queues that can be opened, and the message in the slot of the next pop", () => {
    const layout = layoutOfRelease(fixture.release);
    const control = readControl(new WireReader(region), layout, controlHandle);
    const handles = {
      stub_message_queue: control.stubMessageQueue,
      parent_message_queue: control.parentMessageQueue,
      stub_to_parent_mq: control.stubToParentQueue,
    };
    for (const handle of Object.values(handles)) {
      expect(() => new MessageQueue(region, handle, queueLayout(layout), "queue")).not.toThrow();
    }
    if (fixture.slot !== "pushed") return;
    const at = queueLayout(layout);
    const handle = handles[fixture.queue as keyof typeof handles];
    initMutex((region.base + handle + 16 + at.mutex) as Address);
    const queue = new MessageQueue(region, handle, at, "queue");
    expect(queue.pop(0)).toBe(fixture.message);
    expect(queue.push(fixture.message, 0)).toBe(true);
  });
});
