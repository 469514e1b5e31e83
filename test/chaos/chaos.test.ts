import { expect, test } from "@jest/globals";
import { chaos, faultsOf } from "./chaos.js";

const KILLS = 40;

test.each(["23.12", "24.10"])(
  `row 34: on %s ${KILLS} kills of an executor at random moments cost batches, and nothing else`,
  async (release) => {
    const report = await chaos(release, KILLS, 15);
    expect(faultsOf(report)).toEqual([]);
    expect(report.failed).toBeLessThanOrEqual(KILLS);
    expect(report.answered).toBeGreaterThan(KILLS);
  },
);

test.each(["23.12", "24.10"])(
  "row 34: on %s kills of an executor that holds the pool mutex cost batches, and nothing else",
  async (release) => {
    const report = await chaos(release, 12, 16, "pool mutex");
    expect(faultsOf(report)).toEqual([]);
  },
);
