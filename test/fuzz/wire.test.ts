import { fuzz } from "./target.js";
import { WIRE } from "./wire/target.js";

/** The same cases each time, as far as the time goes; `npm run fuzz` tries new ones. */
const SEED = 1;
const SECONDS = 8;

/** Some of everything: else the inputs have gone astray. */
const OUTCOMES = ["decoded", "ERR_MESSAGE_INVALID", "ERR_REGION_BOUNDS", "ERR_QUEUE_CORRUPT"];

test(`damaged messages of all releases are decoded or refused, for ${SECONDS} s`, () => {
  const outcomes = [...fuzz(WIRE, { seed: SEED, seconds: SECONDS }).keys()];
  for (const outcome of OUTCOMES) {
    expect(outcomes).toContainEqual(expect.stringContaining(outcome));
  }
});
