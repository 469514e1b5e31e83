import { expect, test } from "@jest/globals";
import { chaos, faultsOf } from "./chaos.js";

/** Twice as many as make the third model load again; `npm run chaos` makes 200 on each release. */
const KILLS = 20;
const AIMED_KILLS = 12;
/** A test compares no latencies, so that none are measured before the kills. */
const CALM_MS = 0;

test.each(["23.12", "24.10"])(
  `row 34: on %s ${KILLS} kills of an executor at random moments cost batches, and nothing else`,
  async (release) => {
    const report = await chaos(release, { kills: KILLS, seed: 15, calmMs: CALM_MS });
    expect(faultsOf(report)).toEqual([]);
    expect(report.failed).toBeLessThanOrEqual(KILLS);
    expect(report.answered).toBeGreaterThan(KILLS);
  },
);

test.each(["23.12", "24.10"])(
  "row 34: on %s kills of an executor that holds the pool mutex cost batches, and nothing else",
  async (release) => {
    const report = await chaos(release, {
      kills: AIMED_KILLS,
      seed: 16,
      aim: "pool mutex",
      calmMs: CALM_MS,
    });
    expect(faultsOf(report)).toEqual([]);
  },
);
