import { expect, test } from "@jest/globals";
import { waitUntil } from "../../host/libc/wait-until.js";
import { monotonicMs } from "../../host/monotonic.js";
import { pause } from "../../host/pause.js";

/** A look after which other threads have the processor for a while, as on a machine with more to do than it can. */
const slowLook = () => {
  pause(3);
  return false;
};

test("the time-out also ends a wait whose looks before the first pause are slow", () => {
  const start = monotonicMs();
  expect(waitUntil(slowLook, 1_000, 20)).toBe(false);
  const waited = monotonicMs() - start;
  expect(waited).toBeGreaterThanOrEqual(20);
  // 1,000 of these looks need 3 s.
  expect(waited).toBeLessThan(1_000);
});

test("a wait has pauses after a few milliseconds, even if it has made few looks", () => {
  let looks = 0;
  const start = process.cpuUsage();
  const isDone = () => {
    looks += 1;
    while (monotonicMs() < nextMs);
    nextMs = monotonicMs() + 1;
    return looks === 100;
  };
  let nextMs = 0;
  expect(waitUntil(isDone, 1_000_000)).toBe(true);
  expect(looks).toBe(100);
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
});

test("what happens before the first pause, during the pauses and at the time-out is seen", () => {
  for (const afterMs of [0, 0.5, 30]) {
    const start = monotonicMs();
    expect(waitUntil(() => monotonicMs() - start >= afterMs, 10, 10_000)).toBe(true);
    expect(monotonicMs() - start).toBeLessThan(1_000);
  }
  expect(waitUntil(() => true, 10, 0)).toBe(true);
  expect(waitUntil(() => false, 10, 0)).toBe(false);
});
