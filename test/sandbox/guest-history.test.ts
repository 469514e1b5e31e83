import { GuestHistory, HISTORY_SLOTS } from "../../host/sandbox/guest-history.js";

const MINUTE = 60_000;

/** Fails at each of these times. */
function failing(allowed: number, ...times: number[]): GuestHistory {
  const history = new GuestHistory();
  history.setFailureLimit(allowed);
  for (const time of times) history.fail(time);
  return history;
}

test("the limit of failures within a minute makes the instance unavailable for a second", () => {
  expect(failing(3, 1_000, 2_000).unavailableMs(2_000)).toBe(0);
  const history = failing(3, 1_000, 2_000, 3_000);
  expect(history.unavailableMs(3_000)).toBe(1_000);
  expect(history.unavailableMs(3_999)).toBe(1);
  expect(history.unavailableMs(4_000)).toBe(0);
});

test("failures further apart do not count together", () => {
  expect(failing(3, 0, 30_000, MINUTE).unavailableMs(MINUTE)).toBe(0);
  expect(failing(3, 0, 30_000, MINUTE, MINUTE + 1).unavailableMs(MINUTE + 1)).toBe(1_000);
});

test("a limit of one failure is possible", () => {
  expect(failing(1, 5).unavailableMs(5)).toBe(1_000);
});

test("a failed try doubles the period, up to a minute; a successful one resets it", () => {
  const history = failing(1, 0);
  const waits: number[] = [];
  let now = 0;
  for (let round = 0; round < 8; round++) {
    now += history.unavailableMs(now);
    history.fail(now);
    waits.push(history.unavailableMs(now));
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, MINUTE, MINUTE, MINUTE]);
  history.succeed();
  history.fail(now + MINUTE);
  expect(history.unavailableMs(now + MINUTE)).toBe(1_000);
});

test("the history outlives its object", () => {
  const slots = new Float64Array(HISTORY_SLOTS);
  const history = new GuestHistory(slots);
  history.setFailureLimit(1);
  history.fail(0);
  history.memoryBytes = 65_536;
  const other = new GuestHistory(slots);
  expect([other.unavailableMs(0), other.memoryBytes]).toEqual([1_000, 65_536]);
});

test("a failure has no effect until the model's configuration is known", () => {
  expect(failing(0, 1, 2, 3).unavailableMs(3)).toBe(0);
});
