import { expect, test } from "@jest/globals";
import { KILLS, type MixedAim } from "./kills.js";
import { LOAD_RELEASES, mixedLoad } from "./load.js";

/** `npm run load` takes 60 s. */
const SECONDS = 5;
const SEED = 17;

test.each(LOAD_RELEASES)(
  "on %s 8 clients of calls and streams get each answer once, while clients leave, guests trap and models are reloaded",
  async (release) => {
    await soundLoad(release, []);
  },
);

test.each(LOAD_RELEASES)(
  "row 34: on %s they also do while executors are killed",
  async (release) => {
    const kills = await soundLoad(release, KILLS);
    expect(kills.get("any")).toBeGreaterThan(0);
  },
);

/** @returns the number of kills of each aim */
async function soundLoad(
  release: string,
  aims: readonly MixedAim[],
): Promise<ReadonlyMap<MixedAim, number>> {
  const { tally, reloads, kills, faults } = await mixedLoad(release, {
    seconds: SECONDS,
    aims,
    seed: SEED,
  });
  expect(faults).toEqual([]);
  expect(tally.right).toBeGreaterThan(tally.failed / 2);
  expect(reloads).toBeGreaterThan(0);
  return kills;
}
