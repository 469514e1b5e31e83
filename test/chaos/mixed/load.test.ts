import { expect, test } from "@jest/globals";
import { LOAD_RELEASES, mixedLoad } from "./load.js";

/** `npm run load` takes 60 s. */
const SECONDS = 5;

test.each(LOAD_RELEASES)(
  "on %s 8 clients of calls and streams get each answer once, while clients leave, guests trap and models are reloaded",
  async (release) => {
    const { tally, reloads, faults } = await mixedLoad(release, {
      seconds: SECONDS,
      aims: [],
      seed: 17,
    });
    expect(faults).toEqual([]);
    expect(tally.right).toBeGreaterThan(tally.failed / 2);
    expect(reloads).toBeGreaterThan(0);
  },
);
