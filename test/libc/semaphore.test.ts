import {
  initSemaphore,
  postSemaphore,
  timedWaitSemaphore,
  tryWaitSemaphore,
} from "../../host/libc/semaphore.js";
import { endChildren, startChild } from "../support/child.js";
import { SharedPage } from "../support/region/shared-page.js";
import { HANG_MS } from "../support/wait.js";

const WAITER = new URL("semaphore-waiter.mjs", import.meta.url);

let page: SharedPage;

beforeEach(() => {
  page = new SharedPage();
});

afterEach(async () => {
  await endChildren();
  page.remove();
});

/** The waiter's answer: whether it has decremented the semaphore, and when. */
async function answerOf(waiter: { line(): Promise<string> }): Promise<[got: string, ms: number]> {
  const [got, ms] = (await waiter.line()).split(" ") as [string, string];
  return [got, Number(ms)];
}

test("a semaphore can be decremented as often as its value and its posts allow", () => {
  initSemaphore(page.at(0), 2);
  postSemaphore(page.at(0));
  const taken = [1, 2, 3, 4].map(() => tryWaitSemaphore(page.at(0)));
  expect(taken).toEqual([true, true, true, false]);
});

test("a timed wait for a semaphore without a post ends after its time, and not before", () => {
  initSemaphore(page.at(0), 0);
  const start = performance.now();
  expect(timedWaitSemaphore(page.at(0), 200)).toBe(false);
  const taken = performance.now() - start;
  expect(taken).toBeGreaterThan(190);
  expect(taken).toBeLessThan(HANG_MS);
});

test("a timed wait of 0 ms succeeds if no wait is necessary, and returns at once otherwise", () => {
  initSemaphore(page.at(0), 1);
  expect(timedWaitSemaphore(page.at(0), 0)).toBe(true);
  expect(timedWaitSemaphore(page.at(0), 0)).toBe(false);
});

test("a post wakes another process that waits", async () => {
  initSemaphore(page.at(0), 0);
  const waiter = startChild(WAITER, page.name, 0, 30_000);
  expect(await waiter.line()).toBe("waiting");
  postSemaphore(page.at(0));
  expect(await answerOf(waiter)).toEqual(["true", expect.any(Number)]);
});

test("signals during a timed wait do not change its end", async () => {
  initSemaphore(page.at(0), 0);
  const waiter = startChild(WAITER, page.name, 0, 700);
  expect(await waiter.line()).toBe("waiting");
  // If each signal postponed the deadline, the waiter would not answer while signals arrive.
  const signals = setInterval(() => waiter.process.kill("SIGUSR2"), 20);
  try {
    const [got, taken] = await answerOf(waiter);
    expect(got).toBe("false");
    expect(taken).toBeGreaterThan(690);
  } finally {
    clearInterval(signals);
  }
});

test("a post beyond the maximum of a semaphore is an error with the name of its errno", () => {
  initSemaphore(page.at(0), 0x7fff_ffff);
  expect(() => postSemaphore(page.at(0))).toThrow(
    expect.objectContaining({
      code: "ERR_SYSTEM_CALL",
      details: { call: "sem_post", errno: "EOVERFLOW" },
      message: expect.stringContaining("a queue's semaphore"),
    }),
  );
  expect(() => initSemaphore(page.at(0), 0x8000_0000)).toThrow(
    expect.objectContaining({ details: { call: "sem_init", errno: "EINVAL" } }),
  );
});
