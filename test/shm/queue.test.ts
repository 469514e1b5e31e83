import { timedLockMutex, unlockMutex } from "../../host/libc/mutex.js";
import { postSemaphore } from "../../host/libc/semaphore.js";
import type { Address } from "../../host/numbers.js";
import { MessageQueue } from "../../host/shm/queue.js";
import { queueLayout } from "../../host/wire/control.js";
import { endChildren, startChild } from "../support/child.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { HANG_MS } from "../support/wait.js";

const PEER = new URL("peer.mjs", import.meta.url);
const HOLDER = new URL("../libc/lock-holder.mjs", import.meta.url);
/** Offset of an object in its block. */
const OBJECT = 16;

afterEach(async () => {
  await endChildren();
  closeRegions();
});

/** A queue of `size` slots, and the offsets of its fields. */
function makeQueue(size: number) {
  const parent = new ParentRegion({ queueSize: size });
  const handle = parent.queueHandle("stub_message_queue");
  const at = queueLayout(parent.layout);
  const open = () => new MessageQueue(parent.region, handle, at, "command queue");
  const object = handle + OBJECT;
  return { parent, view: parent.region.view, at, object, open, queue: open() };
}

/** @returns the milliseconds that `action` takes */
function milliseconds(action: () => void): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

const corrupt = (what: string) =>
  expect.objectContaining({
    code: "ERR_QUEUE_CORRUPT",
    message: expect.stringContaining(
      `command queue in the shared-memory region has an invalid ${what}`,
    ),
  });

test("a queue keeps the order of handles, also after it has wrapped around", () => {
  const { queue } = makeQueue(5);
  let next = 16;
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 3; index++) expect(queue.push(next + index * 16, 0)).toBe(true);
    for (let index = 0; index < 3; index++) expect(queue.pop(0)).toBe(next + index * 16);
    next += 48;
  }
  expect(queue.pop(0)).toBe(-1);
});

test("two processes exchange 10,000 handles over two queues, without a loss and in order", async () => {
  const parent = new ParentRegion({ queueSize: 64 });
  const peer = startChild(PEER, parent.name, parent.growthBytes);
  expect(await peer.line()).toBe("ready");
  const there = parent.queue("stub_message_queue");
  const back = parent.queue("parent_message_queue");
  const count = 10_000;
  const done = peer.ask(
    `echo ${parent.queueHandle("stub_message_queue")} ${parent.queueHandle("parent_message_queue")} ${count}`,
  );
  let pushed = 0;
  const received: number[] = [];
  const deadline = performance.now() + HANG_MS;
  while (received.length < count && performance.now() < deadline) {
    while (pushed < count && there.push(pushed * 16, 0)) pushed += 1;
    const handle = back.pop(10);
    if (handle >= 0) received.push(handle);
  }
  expect(received).toEqual(Array.from({ length: count }, (_, index) => index * 16 + 16));
  expect(await done).toBe("done");
});

test("the server's release token, a 0, is a handle like any other", () => {
  const { queue } = makeQueue(2);
  expect(queue.push(0, 0)).toBe(true);
  expect(queue.pop(0)).toBe(0);
  expect(queue.pop(0)).toBe(-1);
});

test("the highest handle of a 4 GiB region passes unchanged", () => {
  const { queue } = makeQueue(2);
  expect(queue.push(0xfffe_fff0, 0)).toBe(true);
  expect(queue.pop(0)).toBe(0xfffe_fff0);
});

test("a pop from an empty queue gives up after its time and no earlier", () => {
  const { queue } = makeQueue(2);
  let popped = 0;
  const taken = milliseconds(() => {
    popped = queue.pop(150);
  });
  expect(popped).toBe(-1);
  expect(taken).toBeGreaterThan(140);
  expect(taken).toBeLessThan(HANG_MS);
});

test("a push to a full queue gives up after its time, and the queue keeps what it had", () => {
  const { queue } = makeQueue(2);
  expect([queue.push(16, 0), queue.push(32, 0)]).toEqual([true, true]);
  let pushed = true;
  const taken = milliseconds(() => {
    pushed = queue.push(48, 150);
  });
  expect(pushed).toBe(false);
  expect(taken).toBeGreaterThan(140);
  expect(taken).toBeLessThan(HANG_MS);
  expect([queue.pop(0), queue.pop(0), queue.pop(0)]).toEqual([16, 32, -1]);
});

/** Pushes a handle to a queue that other processes push to as well. */
const pushShared = (queue: MessageQueue, handle: number) =>
  queue.pushShared(handle, 50, { enter() {}, leave() {} }, () => {});

test("a shared push to a queue whose mutex another process holds fails, and the queue loses no handle and no slot", async () => {
  const { parent, queue, object, at } = makeQueue(2);
  queue.push(16, 0);
  const holder = startChild(HOLDER, parent.name, object + at.mutex);
  expect(await holder.line()).toBe("locked");
  expect(pushShared(queue, 32)).toBe(false);
  expect(await holder.ask("unlock")).toBe("unlocked");
  expect(pushShared(queue, 32)).toBe(true);
  expect([queue.pop(0), queue.pop(0), queue.pop(0)]).toEqual([16, 32, -1]);
});

test("a queue whose mutex has a dead owner reports that once, and then works with all its handles", async () => {
  const { parent, queue, object, at } = makeQueue(2);
  queue.push(16, 0);
  const holder = startChild(HOLDER, parent.name, object + at.mutex);
  expect(await holder.line()).toBe("locked");
  await holder.kill();
  expect(() => pushShared(queue, 32)).toThrow(
    expect.objectContaining({
      code: "ERR_LOCK_OWNER_DEAD",
      message: expect.stringContaining("the mutex of the command queue"),
    }),
  );
  expect(pushShared(queue, 32)).toBe(true);
  expect([queue.pop(0), queue.pop(0), queue.pop(0)]).toEqual([16, 32, -1]);
});

test("one reader and one writer do not need the mutex, even if another process holds it", async () => {
  const { parent, queue, object, at } = makeQueue(2);
  const holder = startChild(HOLDER, parent.name, object + at.mutex);
  expect(await holder.line()).toBe("locked");
  expect([queue.push(16, 0), queue.push(32, 0)]).toEqual([true, true]);
  expect([queue.pop(0), queue.pop(0), queue.pop(0)]).toEqual([16, 32, -1]);
});

test("a semaphore that was posted once too often yields no handle, and loses none", () => {
  const { parent, queue, object, at } = makeQueue(3);
  postSemaphore((parent.region.base + object + at.sem_full) as Address);
  expect(queue.pop(0)).toBe(-1);
  expect([queue.push(16, 0), queue.push(32, 0), queue.push(48, 0)]).toEqual([true, true, true]);
  expect([queue.pop(0), queue.pop(0), queue.pop(0)]).toEqual([16, 32, 48]);
});

test.each([
  ["size 0", "size", 0n],
  ["a size beyond the region", "size", 2n ** 40n],
  ["a size of 2^64 - 1", "size", 2n ** 64n - 1n],
  ["buffer 0", "buffer", 0n],
  ["a buffer beyond the region", "buffer", 2n ** 32n],
  ["a buffer of 2^64 - 16", "buffer", 2n ** 64n - 16n],
  ["a buffer between two words", "buffer", 1001n],
] as const)("a queue with %s is refused when it is opened", (_what, field, value) => {
  const { view, object, at, open } = makeQueue(2);
  view.setBigUint64(object + at[field], value, true);
  expect(open).toThrow(expect.objectContaining({ code: "ERR_QUEUE_CORRUPT" }));
});

test.each([0, -16, 2 ** 20 - 128, 2 ** 32, 2 ** 53, 1001, Number.NaN])(
  "a queue at handle %d is rejected",
  (handle) => {
    const { parent, at } = makeQueue(2);
    expect(() => new MessageQueue(parent.region, handle, at, "command queue")).toThrow(
      expect.objectContaining({ code: "ERR_QUEUE_CORRUPT" }),
    );
  },
);

test.each([2, 3, 0x8000_0000, 0xffff_ffff])(
  "a tail of %d in a queue of 2 is rejected; after a repair, the queue still has its handle and its mutex",
  (tail) => {
    const { parent, queue, view, object, at } = makeQueue(2);
    queue.push(16, 0);
    view.setUint32(object + at.tail, tail, true);
    for (const _ of [1, 2, 3]) expect(() => queue.pop(0)).toThrow(corrupt(`tail, ${tail}`));
    const mutex = (parent.region.base + object + at.mutex) as Address;
    expect(timedLockMutex(mutex, 50, "the mutex")).toBe(true);
    unlockMutex(mutex, "the mutex");
    view.setUint32(object + at.tail, 0, true);
    expect([queue.pop(0), queue.pop(0)]).toEqual([16, -1]);
  },
);

test.each([2, 0xffff_ffff])(
  "a head of %d in a queue of 2 is rejected; after a repair, the queue still has its free slots and its mutex",
  (head) => {
    const { parent, queue, view, object, at } = makeQueue(2);
    view.setUint32(object + at.head, head, true);
    for (const _ of [1, 2, 3]) expect(() => queue.push(16, 0)).toThrow(corrupt(`head, ${head}`));
    const mutex = (parent.region.base + object + at.mutex) as Address;
    expect(timedLockMutex(mutex, 50, "the mutex")).toBe(true);
    unlockMutex(mutex, "the mutex");
    expect(queue.pop(0)).toBe(-1);
    view.setUint32(object + at.head, 0, true);
    expect([queue.push(16, 0), queue.push(32, 0), queue.push(48, 0)]).toEqual([true, true, false]);
  },
);

test.each([-1n, -16n, 2n ** 53n, 2n ** 62n])(
  "a slot with %d is rejected as an invalid handle, and not taken for an empty queue",
  (slot) => {
    const { queue, view, object, at } = makeQueue(2);
    queue.push(16, 0);
    const buffer = Number(view.getBigUint64(object + at.buffer, true));
    view.setBigInt64(buffer + OBJECT, slot, true);
    expect(() => queue.pop(0)).toThrow(expect.objectContaining({ code: "ERR_QUEUE_CORRUPT" }));
  },
);

test("a handle whose semaphore the other side has not posted yet is not there, and is taken as soon as it is", () => {
  const { parent, view, at, object, queue } = makeQueue(4);
  const fullAt = object + at.sem_full;
  queue.push(16, 0);
  expect(queue.peek()).toEqual({ handle: 16, tail: 0 });
  // The state between the other side's change of the head and its post.
  view.setUint32(fullAt, 0, true);
  expect(queue.peek()).toBeUndefined();
  expect(queue.pop(0)).toBe(-1);
  postSemaphore((parent.region.base + object + at.sem_full) as Address);
  expect(queue.peek()).toEqual({ handle: 16, tail: 0 });
  expect(queue.pop(0)).toBe(16);
  expect(queue.peek()).toBeUndefined();
});
