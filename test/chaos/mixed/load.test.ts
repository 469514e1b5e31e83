import { expect, test } from "@jest/globals";
import { sideBySide } from "../../support/triton/side-by-side.js";
import { KILLS } from "./kills.js";
import { LOAD_RELEASES, mixedLoad } from "./load.js";

/** Of each part: `npm run load` and `npm run load -- --kills` take 60 s. */
const SECONDS = 8;
const PHASES = [
  { seconds: SECONDS, aims: [] },
  { seconds: SECONDS, aims: KILLS },
];

test(`row 34: on ${LOAD_RELEASES.join(", ")} 8 clients of calls and streams get each answer once, while clients leave, guests trap and models are reloaded, and then while executors are killed`, () =>
  sideBySide(LOAD_RELEASES, async (release) => {
    const { tally, reloads, kills, faults } = await mixedLoad(release, {
      phases: PHASES,
      seed: 17,
    });
    expect(faults).toEqual([]);
    expect(tally.right).toBeGreaterThan(tally.failed / 2);
    expect(reloads).toBeGreaterThan(0);
    expect(kills.get("any")).toBeGreaterThan(0);
  }));
