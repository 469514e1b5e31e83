import { Worker } from "node:worker_threads";
import { sharedMemorySize } from "../../host/libc/shm.js";
import { LEDGER_BLOCKS } from "../../host/limits.js";
import { Heap } from "../../host/shm/heap.js";
import { Ledger } from "../../host/shm/ledger.js";
import { Region } from "../../host/shm/region.js";
import { type Child, endChildren, startChild } from "../support/child.js";
import { closeRegions, coreModule, ParentRegion } from "../support/region/parent-region.js";

const PEER = new URL("peer.mjs", import.meta.url);
const MIB = 1024 * 1024;

afterEach(async () => {
  await endChildren();
  closeRegions();
});

async function startPeer(parent: ParentRegion): Promise<Child> {
  const peer = startChild(PEER, parent.name, parent.growthBytes);
  expect(await peer.line()).toBe("ready");
  return peer;
}

/** Makes blocks of `sizes`, which are in the heap's ledger. */
function constructAll(heap: Heap, ...sizes: number[]): number[] {
  heap.lock();
  try {
    return sizes.map((bytes) => heap.constructLocked(bytes));
  } finally {
    heap.unlock();
  }
}

function referencesOf(parent: ParentRegion, handle: number): number {
  return parent.region.view.getUint32(handle, true);
}

test("a new block has one reference and an entry in the ledger", () => {
  const parent = new ParentRegion();
  const handles = constructAll(parent.heap, 1, 100, 5000);
  expect(parent.heap.ledger.count).toBe(3);
  for (const handle of handles) {
    expect(handle % 16).toBe(0);
    expect(referencesOf(parent, handle)).toBe(1);
  }
});

test("row 34: the kernel makes room for a large block while the process does not hold the pool mutex", () => {
  const parent = new ParentRegion();
  const { region, growthBytes } = parent;
  const sizes: number[] = [];
  const section = { enter: () => sizes.push(sharedMemorySize(region.fd)), leave() {} };
  const heap = new Heap(region, coreModule, growthBytes, new Ledger(), section);
  const before = region.mappedBytes;
  const handle = heap.construct(8 * MIB);
  expect(sizes).toEqual([before, region.mappedBytes]);
  expect(region.mappedBytes).toBeGreaterThan(before + 8 * MIB);
  expect(referencesOf(parent, handle)).toBe(1);
  expect(heap.ledger.count).toBe(1);
  heap.construct(100);
  expect(sizes).toHaveLength(3);
});

test("dropping the blocks of the ledger frees all allocated bytes", () => {
  const parent = new ParentRegion();
  const before = parent.allocated();
  constructAll(parent.heap, 1, 100, 5000, 40, 41, 200_000);
  expect(parent.allocated()).toBeGreaterThan(before + 205_000);
  parent.heap.dropNewer(0);
  expect(parent.allocated()).toBe(before);
  expect(parent.heap.ledger.count).toBe(0);
});

test("blocks from before a scope stay when the newer blocks are dropped", () => {
  const parent = new ParentRegion();
  const [first] = constructAll(parent.heap, 100);
  const kept = parent.allocated();
  constructAll(parent.heap, 100, 100);
  parent.heap.lock();
  parent.heap.dropNewerLocked(1);
  parent.heap.unlock();
  expect(parent.allocated()).toBe(kept);
  expect(referencesOf(parent, first!)).toBe(1);
});

test("a block with a reference of the peer survives the drop; the peer's drop frees it", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  const before = parent.allocated();
  const [handle] = constructAll(parent.heap, 1000);
  expect(await peer.ask(`load ${handle}`)).toBe("ok");
  expect(referencesOf(parent, handle!)).toBe(2);
  parent.heap.dropNewer(0);
  expect(referencesOf(parent, handle!)).toBe(1);
  expect(parent.allocated()).toBeGreaterThan(before);
  expect(await peer.ask("drop")).toBe("ok");
  expect(parent.allocated()).toBe(before);
});

test("a block of the peer with a reference of this process is freed by this process", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  const before = parent.allocated();
  const handle = Number(await peer.ask("construct 1000"));
  parent.count(handle, 1);
  expect(await peer.ask("drop")).toBe("ok");
  expect(parent.allocated()).toBeGreaterThan(before);
  parent.count(handle, -1);
  expect(parent.allocated()).toBe(before);
});

test("two processes allocate and free at the same time, and no byte leaks", async () => {
  const parent = new ParentRegion({ growthBytes: 65_536 });
  const peer = await startPeer(parent);
  const before = parent.allocated();
  for (let round = 0; round < 50; round++) {
    const asked = Array.from({ length: 10 }, (_, index) => peer.ask(`construct ${index * 500}`));
    for (let index = 0; index < 20; index++) constructAll(parent.heap, index * 300);
    for (const answer of asked) expect(Number(await answer)).toBeGreaterThan(0);
    const dropped = peer.ask("drop");
    parent.heap.dropNewer(0);
    expect(await dropped).toBe("ok");
  }
  expect(parent.allocated()).toBe(before);
});

test("freeing a block twice is an error, and frees nothing else", () => {
  const parent = new ParentRegion();
  const [handle, other] = constructAll(parent.heap, 100, 100);
  parent.heap.ledger.removeLast();
  parent.heap.ledger.add(handle!);
  expect(() => parent.heap.dropNewer(0)).toThrow(
    expect.objectContaining({ code: "ERR_HEAP_CORRUPT" }),
  );
  expect(referencesOf(parent, other!)).toBe(1);
  expect(parent.construct(100)).toBeGreaterThan(0);
});

test("a heap with a wrong header is rejected with an error code, and the pool mutex is unlocked", () => {
  const parent = new ParentRegion();
  const rootAt = 8;
  parent.region.view.setBigUint64(rootAt, 0x1234_5678n, true);
  for (const _ of [1, 2]) {
    expect(() => parent.construct(100)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^ERR_(HEAP_CORRUPT|REGION_BOUNDS)$/),
      }),
    );
  }
});

test("a region without one of the server's named objects is rejected, and the error names the object", () => {
  const parent = new ParentRegion();
  const at = Buffer.from(parent.region.bytes.buffer as ArrayBuffer, 0, 4096).indexOf("shm_mutex\0");
  parent.region.bytes[at] = "X".charCodeAt(0);
  expect(() => parent.heap.requireKnownParent()).toThrow(
    expect.objectContaining({
      code: "ERR_MESSAGE_INVALID",
      message: expect.stringContaining(
        "'shm_mutex' at no place, but every known Triton release has it at 184",
      ),
    }),
  );
});

test("the death of a peer during a heap call is reported, and the mutex can be locked again", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  expect(await peer.ask("lock")).toBe("ok");
  await peer.kill();
  expect(() => parent.heap.lock()).toThrow(
    expect.objectContaining({
      code: "ERR_LOCK_OWNER_DEAD",
      message: expect.stringContaining("the region's pool mutex"),
    }),
  );
  expect(parent.construct(100)).toBeGreaterThan(0);
});

test("the ledger lists the blocks of a killed executor, and another executor drops them", async () => {
  const slots = new Uint32Array(new SharedArrayBuffer(4 * (1 + LEDGER_BLOCKS)));
  const parent = new ParentRegion({ ledger: new Ledger(slots) });
  const before = parent.allocated();
  const worker = new Worker(new URL("construct-and-spin.mjs", import.meta.url), {
    workerData: {
      region: parent.region.share(),
      core: coreModule,
      ledger: slots,
      sizes: [100, 5000, 3 * MIB],
    },
  });
  await new Promise((resolve) => worker.once("message", resolve));
  expect(parent.heap.ledger.count).toBe(3);
  await worker.terminate();
  expect(parent.allocated()).toBeGreaterThan(before + 3 * MIB);
  parent.heap.dropNewer(0);
  expect(parent.allocated()).toBe(before);
});

test("a ledger accepts as many blocks as its limit, and not one more", () => {
  const ledger = new Ledger();
  for (let handle = 1; handle <= LEDGER_BLOCKS; handle++) {
    ledger.requireRoom();
    ledger.add(handle);
  }
  for (const call of [() => ledger.requireRoom(), () => ledger.add(1)]) {
    expect(call).toThrow(
      expect.objectContaining({
        code: "ERR_REGION_FULL",
        message: expect.stringContaining(`${LEDGER_BLOCKS} blocks`),
      }),
    );
  }
  expect(ledger.last).toBe(LEDGER_BLOCKS);
});

test("a command that needs more blocks than the ledger can list leaks no block", () => {
  const parent = new ParentRegion({ bytes: 8 * MIB });
  const before = parent.allocated();
  parent.heap.lock();
  try {
    expect(() => {
      for (;;) parent.heap.constructLocked(1);
    }).toThrow(expect.objectContaining({ code: "ERR_REGION_FULL" }));
    expect(parent.heap.ledger.count).toBe(LEDGER_BLOCKS);
    parent.heap.dropNewerLocked(0);
  } finally {
    parent.heap.unlock();
  }
  expect(parent.allocated()).toBe(before);
});

test("handles in the upper half of 4 GiB are offsets, not negative numbers", () => {
  const parent = new ParentRegion({ bytes: 2 ** 31 + 64 * MIB });
  // The heap allocates from the low end, so after a block of almost 2 GiB the next one is beyond the sign bit. The object is sparse.
  const [low, high] = constructAll(parent.heap, 2 ** 31, 1000);
  expect(low).toBeLessThan(MIB);
  expect(high).toBeGreaterThan(2 ** 31);
  expect(referencesOf(parent, high!)).toBe(1);
  parent.heap.dropNewer(0);
  expect(parent.heap.ledger.count).toBe(0);
});

test("a thread that attaches to a region allocates from the same heap", () => {
  const parent = new ParentRegion();
  const other = new Heap(Region.attach(parent.region.share()), coreModule, MIB, new Ledger());
  const before = parent.allocated();
  const [handle] = constructAll(other, 100);
  const [next] = constructAll(parent.heap, 100);
  expect(next).toBe(handle! + 128);
  other.dropNewer(0);
  parent.heap.dropNewer(0);
  expect(parent.allocated()).toBe(before);
});
