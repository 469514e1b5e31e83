import { execFileSync } from "node:child_process";
import { afterEach, expect, jest, test } from "@jest/globals";
import { initSemaphore, timedWaitSemaphore } from "../host/libc/semaphore.js";
import { LogLimit } from "../host/log/log-limit.js";
import { monotonicMs } from "../host/monotonic.js";
import { GuestHistory } from "../host/sandbox/guest-history.js";
import { SharedPage } from "./support/region/shared-page.js";

const HOUR_MS = 3_600_000;

afterEach(() => {
  jest.restoreAllMocks();
});

/** The monotonic clock stands still, so that a busy machine changes nothing. */
function stopMonotonicClock(): void {
  const now = process.hrtime();
  jest.spyOn(process, "hrtime").mockReturnValue(now);
}

/** From now on the wall clock shows another time, as after a correction by NTP or an administrator. */
function stepWallClock(byMs: number): void {
  const wallClock = Date.now.bind(Date);
  jest.spyOn(Date, "now").mockImplementation(() => wallClock() + byMs);
}

for (const [step, byMs] of [
  ["back by a second", -1_000],
  ["back by an hour", -HOUR_MS],
  ["forward by an hour", HOUR_MS],
] as const) {
  test(`finding 12: a wall clock that steps ${step} neither ends nor prolongs an instance's unavailability`, () => {
    stopMonotonicClock();
    const history = new GuestHistory();
    history.setFailureLimit(1);
    history.fail();
    stepWallClock(byMs);
    expect(history.unavailableMs()).toBe(1_000);
  });

  test(`finding 12: a wall clock that steps ${step} changes nothing about the quota of log lines`, () => {
    stopMonotonicClock();
    const limit = new LogLimit(1, 1_000);
    limit.admit(1);
    stepWallClock(byMs);
    expect(limit.admit(1)).toBe("first drop");
  });

  test(`finding 12: a wall clock that steps ${step} does not change how long a semaphore is waited for`, () => {
    const page = new SharedPage();
    try {
      initSemaphore(page.at(0), 0);
      stepWallClock(byMs);
      const start = monotonicMs();
      expect(timedWaitSemaphore(page.at(0), 300)).toBe(false);
      const waited = monotonicMs() - start;
      expect(waited).toBeGreaterThan(290);
      expect(waited).toBeLessThan(60_000);
    } finally {
      page.remove();
    }
  });
}

test("finding 12: only the guest's own clock, and waits of an old glibc, read the wall clock", () => {
  const users = execFileSync("grep", ["-rl", "Date\\.now()", "host"], { encoding: "utf8" });
  expect(users.trim().split("\n").sort()).toEqual(["host/guest/clock.ts", "host/libc/clock.ts"]);
});
