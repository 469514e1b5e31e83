import { HEAP } from "./heap/target.js";
import { fuzz } from "./target.js";

/** The same cases each time; `npm run fuzz` tries new ones. */
const SEED = 1;
const CASES = 8_000;

/** Some of everything: else the inputs have gone astray. Failures are those of assembly/core/failure.ts. */
const OUTCOMES = [
  /^sound, all answered/,
  /^sound, failures .*1/,
  /^sound, failures .*2/,
  /^sound, failures .*3/,
  /^damaged, all answered/,
  /^damaged, failures .*1/,
  /^damaged, failures .*2/,
];

test(`the heap answers or refuses, and keeps to its region, in ${CASES} cases`, () => {
  const outcomes = [...fuzz(HEAP, { seed: SEED, cases: CASES }).keys()];
  for (const outcome of OUTCOMES) {
    expect(outcomes).toContainEqual(expect.stringMatching(outcome));
  }
});
