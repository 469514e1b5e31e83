import { Worker } from "node:worker_threads";
import { Failure, failureOf, TestCore } from "./core-instance.js";

test("a word that is not zero is returned at once", () => {
  const test = new TestCore(64);
  new Int32Array(test.memory.buffer)[3] = -7;
  expect(test.core.spinUntilNonZero(12, 1)).toBe(-7);
  expect(test.core.spinUntilNonZero(12, 0)).toBe(-7);
});

test("patience ends: a word that stays zero is returned as zero", () => {
  const test = new TestCore(64);
  for (const iterations of [0, 1, 100_000]) {
    expect(test.core.spinUntilNonZero(60, iterations)).toBe(0);
  }
});

test("a store of another thread ends the spin", async () => {
  const test = new TestCore(64);
  const source = `
    const { workerData } = require("node:worker_threads");
    const words = new Int32Array(workerData);
    Atomics.store(words, 0, 1);
    Atomics.wait(words, 1, 0, 20);
    Atomics.store(words, 5, 42);
  `;
  const worker = new Worker(source, { eval: true, workerData: test.memory.buffer });
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  const words = new Int32Array(test.memory.buffer);
  while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(test.core.spinUntilNonZero(20, 0xffff_ffff)).toBe(42);
  await ended;
});

test.each([
  ["beyond the limit", 64, Failure.Bounds],
  ["at the last word of 32 bits", 0xffff_fffc, Failure.Bounds],
  ["not on a multiple of 4", 2, Failure.Argument],
])("a word %s is refused", (_what, offset, code) => {
  const test = new TestCore(64);
  expect(failureOf(() => test.core.spinUntilNonZero(offset, 1))?.code).toBe(code);
});
