import {
  broadcastCondition,
  initCondition,
  timedWaitCondition,
} from "../../host/libc/condition.js";
import { initMutex, lockMutex, timedLockMutex, unlockMutex } from "../../host/libc/mutex.js";
import { endChildren, startChild } from "../support/child.js";
import { SharedPage } from "../support/region/shared-page.js";
import { HANG_MS } from "../support/wait.js";

const WAITER = new URL("condition-waiter.mjs", import.meta.url);
const MUTEX = "the test's mutex";
const CONDITION = 64;
const FLAG = 128;

let page: SharedPage;

beforeEach(() => {
  page = new SharedPage();
  initMutex(page.at(0));
  initCondition(page.at(CONDITION));
});

afterEach(async () => {
  await endChildren();
  page.remove();
});

test("a broadcast wakes up another process, whose broadcast wakes up this one", async () => {
  const waiter = startChild(WAITER, page.name);
  expect(await waiter.line()).toBe("waiting");
  lockMutex(page.at(0), MUTEX);
  page.region.bytes[FLAG] = 1;
  broadcastCondition(page.at(CONDITION));
  while (page.region.bytes[FLAG] === 1) {
    expect(timedWaitCondition(page.at(CONDITION), page.at(0), HANG_MS)).toBe(true);
  }
  unlockMutex(page.at(0), MUTEX);
  expect(await waiter.line()).toBe("seen");
});

test("a wait without a broadcast ends after its time, and holds the mutex again", async () => {
  lockMutex(page.at(0), MUTEX);
  const start = performance.now();
  expect(timedWaitCondition(page.at(CONDITION), page.at(0), 200)).toBe(false);
  const taken = performance.now() - start;
  expect(taken).toBeGreaterThan(190);
  expect(taken).toBeLessThan(HANG_MS);
  unlockMutex(page.at(0), MUTEX);
});

test("the mutex is free while a process waits for the condition", async () => {
  const waiter = startChild(WAITER, page.name);
  expect(await waiter.line()).toBe("waiting");
  expect(timedLockMutex(page.at(0), HANG_MS, MUTEX)).toBe(true);
  unlockMutex(page.at(0), MUTEX);
});
