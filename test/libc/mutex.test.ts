import { Worker } from "node:worker_threads";
import { initMutex, lockMutex, timedLockMutex, unlockMutex } from "../../host/libc/mutex.js";
import { endChildren, startChild } from "../support/child.js";
import { SharedPage } from "../support/region/shared-page.js";
import { HANG_MS } from "../support/wait.js";

const HOLDER = new URL("lock-holder.mjs", import.meta.url);
const MUTEX = "the test's mutex";

let page: SharedPage;

beforeEach(() => {
  page = new SharedPage();
  initMutex(page.at(0));
});

afterEach(async () => {
  await endChildren();
  page.remove();
});

const ownerDead = expect.objectContaining({
  code: "ERR_LOCK_OWNER_DEAD",
  message: expect.stringContaining(
    `a process died while it held ${MUTEX}, so the data behind this lock may be half written`,
  ),
  details: { what: MUTEX },
});

function expectUsable(): void {
  for (let round = 0; round < 3; round++) {
    lockMutex(page.at(0), MUTEX);
    unlockMutex(page.at(0), MUTEX);
    expect(timedLockMutex(page.at(0), 1_000, MUTEX)).toBe(true);
    unlockMutex(page.at(0), MUTEX);
  }
}

test("a new mutex is of the kind of the server's mutexes: process-shared and robust", () => {
  expect(page.region.view.getUint32(16, true)).toBe(0x90);
});

test("a locked mutex has the id of the thread that holds it, like the server's mutexes", () => {
  lockMutex(page.at(0), MUTEX);
  expect(page.region.view.getUint32(0, true) & 0x3fff_ffff).toBe(process.pid);
  unlockMutex(page.at(0), MUTEX);
  expect(page.region.view.getUint32(0, true)).toBe(0);
});

test("a timed lock fails after its time while another process holds the mutex, and succeeds afterwards", async () => {
  const holder = startChild(HOLDER, page.name, 0);
  expect(await holder.line()).toBe("locked");
  const start = performance.now();
  expect(timedLockMutex(page.at(0), 200, MUTEX)).toBe(false);
  const taken = performance.now() - start;
  expect(taken).toBeGreaterThan(190);
  expect(taken).toBeLessThan(HANG_MS);
  expect(await holder.ask("unlock")).toBe("unlocked");
  expect(timedLockMutex(page.at(0), 200, MUTEX)).toBe(true);
  unlockMutex(page.at(0), MUTEX);
});

test.each([
  ["lockMutex", () => lockMutex(page.at(0), MUTEX)],
  ["timedLockMutex", () => timedLockMutex(page.at(0), HANG_MS, MUTEX)],
])(
  "%s of a mutex whose process was killed says so once; then the mutex works",
  async (_name, lock) => {
    const holder = startChild(HOLDER, page.name, 0);
    expect(await holder.line()).toBe("locked");
    await holder.kill();
    expect(lock).toThrow(ownerDead);
    expectUsable();
  },
);

test("a mutex of a killed process that has called disownMutexes stays locked, and is not marked", async () => {
  const holder = startChild(HOLDER, page.name, 0, "disown");
  expect(await holder.line()).toBe("locked");
  const word = page.region.view.getUint32(0, true);
  await holder.kill();
  expect(page.region.view.getUint32(0, true)).toBe(word);
  expect(timedLockMutex(page.at(0), 50, MUTEX)).toBe(false);
});

test("a mutex stays usable after several dead owners", async () => {
  for (let death = 0; death < 3; death++) {
    const holder = startChild(HOLDER, page.name, 0);
    expect(await holder.line()).toBe("locked");
    await holder.kill();
    expect(() => lockMutex(page.at(0), MUTEX)).toThrow(ownerDead);
  }
  expectUsable();
});

test("a mutex whose owner thread has ended is reported and usable again, even if the process is alive", async () => {
  const worker = new Worker(new URL("lock-and-end-thread.mjs", import.meta.url), {
    workerData: page.at(0),
  });
  await new Promise((resolve) => worker.once("message", resolve));
  expect(timedLockMutex(page.at(0), 50, MUTEX)).toBe(false);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.postMessage("end");
  await ended;
  expect(() => lockMutex(page.at(0), MUTEX)).toThrow(ownerDead);
  expectUsable();
});

test("unlocking a mutex that this thread does not hold is an error with the name of its errno", async () => {
  const eperm = expect.objectContaining({
    code: "ERR_SYSTEM_CALL",
    details: { call: "pthread_mutex_unlock", errno: "EPERM" },
  });
  expect(() => unlockMutex(page.at(0), MUTEX)).toThrow(eperm);
  const holder = startChild(HOLDER, page.name, 0);
  expect(await holder.line()).toBe("locked");
  expect(() => unlockMutex(page.at(0), MUTEX)).toThrow(eperm);
});

test("locking an unusable mutex is an error with the name of its errno", () => {
  const NOT_RECOVERABLE = 0x7fff_fffe;
  page.region.view.setUint32(8, NOT_RECOVERABLE, true);
  expect(() => lockMutex(page.at(0), MUTEX)).toThrow(
    expect.objectContaining({
      code: "ERR_SYSTEM_CALL",
      details: { call: "pthread_mutex_lock", errno: "ENOTRECOVERABLE" },
    }),
  );
});
