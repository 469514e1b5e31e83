import { Worker } from "node:worker_threads";
import { jest } from "@jest/globals";
import { Phase } from "../../host/sandbox/phase.js";

const CROSSER = new URL("cross-the-gate.mjs", import.meta.url);

let workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
  workers = [];
});

/** A thread that passes the gate as fast as it can and counts what it does on the host's side. */
async function startCrosser(phase: Phase, more: { hostMs?: number; deadlineMs?: number } = {}) {
  const counter = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(CROSSER, { workerData: { phase: phase.buffer, counter, ...more } });
  workers.push(worker);
  await new Promise((resolve) => worker.once("message", resolve));
  return { counter, worker };
}

/** Low bits of the first slot: 0 host, 1 in the guest, 2 killed. */
const stateOf = (phase: Phase) => Atomics.load(new Int32Array(phase.buffer), 0) & 3;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("the executor may be killed in the guest and nowhere else", () => {
  const phase = new Phase();
  expect(phase.tryKill()).toBe(false);
  // Who loses has changed nothing.
  expect(stateOf(phase)).toBe(0);
  phase.beginCall(0);
  phase.enterGuest();
  phase.leaveGuest();
  expect(phase.tryKill()).toBe(false);
  phase.beginCall(0);
  phase.enterGuest();
  expect(phase.tryKill()).toBe(true);
});

test("it is killed once: a second attempt yields", () => {
  const phase = new Phase();
  phase.enterGuest();
  expect([phase.tryKill(), phase.tryKill()]).toEqual([true, false]);
});

test("a new executor starts on the host's side, without a deadline", () => {
  const phase = new Phase();
  phase.beginCall(1);
  phase.enterGuest();
  phase.tryKill();
  phase.reset();
  expect(phase.tryKill()).toBe(false);
  phase.enterGuest();
  expect(phase.remainingMs()).toBeUndefined();
  expect(phase.tryKillOverdue()).toBe(false);
});

test("two threads: after a kill is won the other does nothing more on the host's side", async () => {
  for (let round = 0; round < 25; round++) {
    const phase = new Phase();
    const { counter, worker } = await startCrosser(phase);
    const deadline = performance.now() + 5_000;
    let attempts = 0;
    // A kill between two different moments each time: the race is the test.
    await pause(round % 5);
    while (!phase.tryKill()) {
      attempts += 1;
      if (performance.now() > deadline) throw new Error(`not in the guest in ${attempts} attempts`);
    }
    const entered = Atomics.load(counter, 0);
    await pause(5);
    // Every time it entered the host it has left it: the last crossing was not cut in the middle, and none followed.
    expect(Atomics.load(counter, 0)).toBe(entered);
    expect(Atomics.load(counter, 1)).toBe(entered);
    expect(stateOf(phase)).toBe(2);
    await worker.terminate();
  }
});

test("two threads: while the executor is on the host's side no kill is won", async () => {
  const phase = new Phase();
  const { counter } = await startCrosser(phase);
  const STAY = 2;
  Atomics.store(counter, 0, -STAY);
  await pause(50);
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if (phase.tryKill()) throw new Error("a thread on the host's side was killed");
  }
});

test("a call without a deadline is never overdue", async () => {
  const phase = new Phase();
  phase.beginCall(0);
  phase.enterGuest();
  await pause(30);
  expect(phase.remainingMs()).toBeUndefined();
  expect(phase.tryKillOverdue()).toBe(false);
});

test("a call is killed as overdue once its deadline has passed, and not before", async () => {
  const phase = new Phase();
  phase.beginCall(50);
  phase.enterGuest();
  expect(phase.deadlineMs).toBe(50);
  expect(phase.tryKillOverdue()).toBe(false);
  await pause(120);
  expect(phase.remainingMs()).toBeLessThan(-50);
  expect(phase.tryKillOverdue()).toBe(true);
});

test("a call that has ended is not overdue, nor is the next one", async () => {
  const phase = new Phase();
  phase.beginCall(10);
  phase.enterGuest();
  phase.leaveGuest();
  phase.endCall();
  await pause(40);
  expect(phase.remainingMs()).toBeUndefined();
  phase.beginCall(1_000);
  phase.enterGuest();
  expect(phase.tryKillOverdue()).toBe(false);
});

test("two threads: an overdue guest that is nearly always on the host's side is met as it comes back", async () => {
  const phase = new Phase();
  const { counter } = await startCrosser(phase, { hostMs: 20, deadlineMs: 50 });
  await pause(30);
  expect(phase.tryKillOverdue()).toBe(false);
  await pause(60);
  let attempts = 1;
  for (; !phase.tryKillOverdue(); attempts++) {
    // Without being called in, it is in the guest for a microsecond in 20 ms.
    expect(attempts).toBeLessThan(50);
    await pause(2);
  }
  const entered = Atomics.load(counter, 0);
  await pause(50);
  expect(Atomics.load(counter, 0)).toBe(entered);
  expect(Atomics.load(counter, 1)).toBe(entered);
});

test("a kill that was meant for one call does not hit the next", () => {
  const phase = new Phase();
  const slots = new Int32Array(phase.buffer);
  phase.beginCall(0);
  phase.enterGuest();
  const seen = Atomics.load(slots, 0);
  phase.leaveGuest();
  phase.beginCall(0);
  phase.enterGuest();
  expect(Atomics.load(slots, 0)).not.toBe(seen);
});

test("the clock's 31 bits may wrap within a call", () => {
  const wrap = 0x8000_0000 * 800;
  let now = wrap - 100;
  const clock = jest
    .spyOn(process, "hrtime")
    .mockImplementation(() => [Math.floor(now / 1000), (now % 1000) * 1e6]);
  try {
    const phase = new Phase();
    phase.beginCall(500);
    phase.enterGuest();
    now = wrap + 300;
    expect(phase.remainingMs()).toBe(100);
    now = wrap + 500;
    expect(phase.remainingMs()).toBe(-100);
  } finally {
    clock.mockRestore();
  }
});
