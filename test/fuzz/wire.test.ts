import { fuzz } from "./target.js";
import { WIRE } from "./wire/target.js";

/** The same cases each time; `npm run fuzz` tries new ones. */
const SEED = 1;
const CASES = 30_000;

/** Some of everything: else the inputs have gone astray. */
const OUTCOMES = ["decoded", "ERR_MESSAGE_INVALID", "ERR_REGION_BOUNDS", "ERR_QUEUE_CORRUPT"];

test(`damaged messages of all releases are decoded or refused, in ${CASES} cases`, () => {
  const outcomes = [...fuzz(WIRE, { seed: SEED, cases: CASES }).keys()];
  for (const outcome of OUTCOMES) {
    expect(outcomes).toContainEqual(expect.stringContaining(outcome));
  }
});
