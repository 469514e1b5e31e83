import { expect, test } from "@jest/globals";
import { sideBySide } from "../../support/triton/side-by-side.js";
import { KILLS } from "./kills.js";
import { LOAD_RELEASES, type LoadOptions, mixedLoad } from "./load.js";

/** `npm run load` and `npm run load -- --kills` take 60 s. */
const SECONDS = 8;

async function expectNoFault(release: string, options: LoadOptions): Promise<void> {
  const { tally, reloads, kills, faults } = await mixedLoad(release, options);
  expect(faults).toEqual([]);
  expect(tally.right).toBeGreaterThan(tally.failed / 2);
  expect(reloads).toBeGreaterThan(0);
  if (options.aims !== undefined) expect(kills.size).toBeGreaterThan(0);
}

test(`on ${LOAD_RELEASES.join(", ")} 8 clients of calls and streams, some of which leave, get each answer once, while guests trap and models are reloaded`, () =>
  sideBySide(LOAD_RELEASES, (release) => expectNoFault(release, { seconds: SECONDS, seed: 17 })));

test(`row 34: on ${LOAD_RELEASES.join(", ")} kills of executors, some in the middle of a hand-over, cost requests, and nothing else`, () =>
  sideBySide(LOAD_RELEASES, (release) =>
    expectNoFault(release, { seconds: SECONDS, seed: 18, aims: KILLS }),
  ));
