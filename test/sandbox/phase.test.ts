import { Worker } from "node:worker_threads";
import { jest } from "@jest/globals";
import { monotonicMs } from "../../host/monotonic.js";
import { Phase } from "../../host/sandbox/phase.js";
import { HANG_MS, until } from "../triton/harness/wait.js";

const CROSSER = new URL("cross-the-gate.mjs", import.meta.url);

const HOUR_MS = 3_600_000;

let workers: Worker[] = [];

/** This thread's monotonic clock, until the end of the test: it moves when it is moved. */
class Clock {
  /** @param now milliseconds */
  constructor(public now: number) {
    jest
      .spyOn(process, "hrtime")
      .mockImplementation(() => [Math.floor(this.now / 1_000), (this.now % 1_000) * 1e6]);
  }
}

afterEach(async () => {
  jest.restoreAllMocks();
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
    const deadline = performance.now() + HANG_MS;
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
  const STAY = -5;
  Atomics.store(counter, 0, STAY);
  await until("the thread on the host's side", () => Atomics.load(counter, 0) !== STAY);
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

test("a call is killed as overdue once its deadline has passed, and not before", () => {
  const clock = new Clock(5_000);
  const phase = new Phase();
  phase.beginCall(50);
  phase.enterGuest();
  expect(phase.deadlineMs).toBe(50);
  clock.now += 50;
  expect(phase.remainingMs()).toBe(0);
  expect(phase.tryKillOverdue()).toBe(false);
  clock.now += 1;
  expect(phase.remainingMs()).toBe(-1);
  expect(phase.tryKillOverdue()).toBe(true);
});

test("the clock goes on by itself", async () => {
  const phase = new Phase();
  phase.beginCall(50);
  phase.enterGuest();
  await until("the deadline", () => phase.tryKillOverdue());
  expect(phase.remainingMs()).toBeLessThan(0);
});

test("a call that has ended is not overdue, nor is the next one", () => {
  const phase = new Phase();
  const clock = new Clock(5_000);
  phase.beginCall(10);
  phase.enterGuest();
  phase.leaveGuest();
  phase.endCall();
  clock.now += 40;
  expect(phase.remainingMs()).toBeUndefined();
  phase.beginCall(1_000);
  phase.enterGuest();
  expect(phase.tryKillOverdue()).toBe(false);
});

test("two threads: an overdue guest that is nearly always on the host's side is met as it comes back", async () => {
  const phase = new Phase();
  const { counter } = await startCrosser(phase, { hostMs: 20, deadlineMs: HOUR_MS });
  const arrivals = () => Atomics.load(counter, 0);
  await until("the host's side", () => arrivals() > 0);
  expect(phase.tryKillOverdue()).toBe(false);
  new Clock(monotonicMs() + 2 * HOUR_MS);
  const before = arrivals();
  // It is in the guest for a microsecond in 20 ms: hardly any try would meet it there if it did not halt.
  if (!phase.tryKillOverdue()) await until("the guest", () => phase.tryKillOverdue());
  expect(arrivals() - before).toBeLessThanOrEqual(1);
  const entered = arrivals();
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
  const clock = new Clock(wrap - 100);
  const phase = new Phase();
  phase.beginCall(500);
  phase.enterGuest();
  clock.now = wrap + 300;
  expect(phase.remainingMs()).toBe(100);
  clock.now = wrap + 500;
  expect(phase.remainingMs()).toBe(-100);
});
