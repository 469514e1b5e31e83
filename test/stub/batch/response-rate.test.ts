import { expect, test } from "@jest/globals";
import { ResponseRate } from "../../../host/stub/batch/response-rate.js";

/** Timers may end this much early, in milliseconds. */
const SLACK_MS = 5;

function rate(maxResponses: number, maxBytes: number): ResponseRate {
  return Object.assign(new ResponseRate(), { maxResponses, maxBytes });
}

/** How long the responses wait, in milliseconds. */
function time(limit: ResponseRate, sizes: readonly number[]): number {
  const begin = performance.now();
  for (const bytes of sizes) limit.await(bytes);
  return performance.now() - begin;
}

test("as many responses as the limit do not wait, and the next one waits for the next second", () => {
  const limit = rate(5, 1_000);
  const begin = performance.now();
  expect(time(limit, [0, 0, 0, 0, 0])).toBeLessThan(900);
  limit.await(0);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(1_000 - SLACK_MS);
});

test("bytes up to the limit do not wait, and one byte more waits for the next second", () => {
  const limit = rate(100, 1_000);
  const begin = performance.now();
  expect(time(limit, [400, 600])).toBeLessThan(900);
  limit.await(1);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(1_000 - SLACK_MS);
});

test("the first response may be larger than the limit, and the next one waits for the time of its bytes", () => {
  const limit = rate(100, 1_000);
  const begin = performance.now();
  expect(time(limit, [2_500])).toBeLessThan(900);
  limit.await(100);
  const waited = performance.now() - begin;
  // 2500 bytes take the time of two whole seconds and a part of the third, which has room for 100 more.
  expect(waited).toBeGreaterThanOrEqual(2_000 - SLACK_MS);
  expect(waited).toBeLessThan(3_000 - SLACK_MS);
});

test("responses without bytes do not wait for the bytes of an earlier one", () => {
  const limit = rate(3, 1_000);
  expect(time(limit, [1_000, 0, 0])).toBeLessThan(900);
});
