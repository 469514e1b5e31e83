import { Worker } from "node:worker_threads";
import { Phase } from "../../host/sandbox/phase.js";

const CROSSER = new URL("cross-the-gate.mjs", import.meta.url);

let workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
  workers = [];
});

/** A thread that passes the gate as fast as it can and counts what it does on the host's side. */
async function startCrosser(phase: Phase) {
  const counter = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(CROSSER, { workerData: { phase: phase.buffer, counter } });
  workers.push(worker);
  await new Promise((resolve) => worker.once("message", resolve));
  return { counter, worker };
}

/** The first slot: 0 host, 1 in the guest, 2 killed. */
const stateOf = (phase: Phase) => Atomics.load(new Int32Array(phase.buffer), 0);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("the executor may be killed in the guest and nowhere else", () => {
  const phase = new Phase();
  expect(phase.tryKill()).toBe(false);
  // Who loses has changed nothing.
  expect(stateOf(phase)).toBe(0);
  phase.enterGuest();
  phase.leaveGuest();
  expect(phase.tryKill()).toBe(false);
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
  expect(phase.overdueMs()).toBe(-1);
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
  expect(phase.overdueMs()).toBe(-1);
});

test("a call is overdue once its deadline has passed, by the time since then", async () => {
  const phase = new Phase();
  phase.beginCall(50);
  phase.enterGuest();
  expect(phase.overdueMs()).toBe(-1);
  await pause(120);
  expect(phase.overdueMs()).toBeGreaterThan(50);
  expect(phase.overdueMs()).toBeLessThan(2_000);
  phase.beginCall(50);
  expect(phase.overdueMs()).toBe(-1);
});

test("an overdue executor on the host's side is left alone until it is back in the guest", async () => {
  const phase = new Phase();
  phase.beginCall(10);
  phase.enterGuest();
  phase.leaveGuest();
  await pause(40);
  expect(phase.overdueMs()).toBe(-1);
  phase.enterGuest();
  expect(phase.overdueMs()).toBeGreaterThan(10);
});

test("the clock's 31 bits may wrap within a call", () => {
  const realNow = Date.now;
  const wrap = 0x8000_0000 * 800;
  let now = wrap - 100;
  Date.now = () => now;
  try {
    const phase = new Phase();
    phase.beginCall(500);
    phase.enterGuest();
    now = wrap + 300;
    expect(phase.overdueMs()).toBe(-1);
    now = wrap + 500;
    expect(phase.overdueMs()).toBe(100);
  } finally {
    Date.now = realNow;
  }
});
