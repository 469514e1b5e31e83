import { expect, test } from "@jest/globals";
import { SAMPLED_AIMS } from "../../support/triton/sampled-aims.js";
import { sideBySide } from "../../support/triton/side-by-side.js";
import { type LoadOptions, mixedLoad } from "./load.js";

/** `npm run load` and `npm run load -- --kills` take 60 s. */
const SECONDS = 8;
/** One release of each era. */
const RELEASES = ["23.12", "24.08", "24.10"];

async function expectNoFault(release: string, options: LoadOptions): Promise<void> {
  const { tally, reloads, kills, faults } = await mixedLoad(release, options);
  expect(faults).toEqual([]);
  expect(tally.right).toBeGreaterThan(tally.failed / 2);
  expect(reloads).toBeGreaterThan(0);
  if (options.aims !== undefined) expect(kills.size).toBeGreaterThan(0);
}

test(`on ${RELEASES.join(", ")} 8 clients of calls and streams, some of which leave, get each answer once, while guests trap and models are reloaded`, () =>
  sideBySide(RELEASES, (release) => expectNoFault(release, { seconds: SECONDS, seed: 17 })));

test(`row 34: on ${RELEASES.join(", ")} kills of executors, some in the middle of a hand-over, cost requests, and nothing else`, () =>
  sideBySide(RELEASES, (release) => {
    const aims = ["any", ...SAMPLED_AIMS] as const;
    return expectNoFault(release, { seconds: SECONDS, seed: 18, aims });
  }));
