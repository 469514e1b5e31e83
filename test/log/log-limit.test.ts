import { LogLimit } from "../../host/log/log-limit.js";

const admissions = (limit: LogLimit, bytes: number, ...times: number[]) =>
  times.map((time) => limit.admit(bytes, time));

test("lines beyond the limit of a second are dropped, and the first is reported", () => {
  const limit = new LogLimit(2, 1_000);
  expect(admissions(limit, 1, 5_000, 5_100, 5_200, 5_999, 6_000)).toEqual([
    "pass",
    "pass",
    "first drop",
    "drop",
    "pass",
  ]);
});

test("bytes beyond the limit of a second are dropped as well", () => {
  expect(admissions(new LogLimit(100, 10), 6, 5_000, 5_000, 6_000)).toEqual([
    "pass",
    "first drop",
    "pass",
  ]);
});

test("a limit of 0 drops all lines", () => {
  expect(admissions(new LogLimit(0, 100), 1, 5_000)).toEqual(["first drop"]);
});
