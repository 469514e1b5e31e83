import { ABI } from "./abi/target.js";
import { fuzz } from "./target.js";

/** The same cases each time; `npm run fuzz` tries new ones. */
const SEED = 1;
const CASES = 4_000;

/** Some of everything: else the inputs have gone astray. */
const OUTCOMES = [
  "answered",
  "answered, outputs",
  "answered, outputs, errors",
  "answered, sent",
  "answered, sent, outputs",
  "ended by ERR_GUEST_POINTER",
  "ended by ERR_GUEST_ARGUMENT",
  "ended by ERR_GUEST_OUTPUT",
  "ended by ERR_GUEST_EXIT",
];

test(`whatever a guest calls, it reaches its own memory and outputs alone, in ${CASES} cases`, () => {
  const outcomes = fuzz(ABI, { seed: SEED, cases: CASES });
  expect([...outcomes.keys()]).toEqual(expect.arrayContaining(OUTCOMES));
});
