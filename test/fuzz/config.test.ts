import { CONFIG } from "./config/target.js";
import { fuzz } from "./target.js";

/** The same cases each time; `npm run fuzz` tries new ones. */
const SEED = 1;
const CASES = 12_000;

/** Some of everything: else the inputs have gone astray. */
const OUTCOMES = [
  "taken",
  "taken, with parameters, with an environment",
  "refused as no JSON",
  "refused: a limit",
  "refused: a parameter",
  "refused: default_model_filename",
  "refused: instance_group.count",
];

test(`a model's configuration is taken or refused by name, its limits within their range, in ${CASES} cases`, () => {
  const outcomes = fuzz(CONFIG, { seed: SEED, cases: CASES });
  expect([...outcomes.keys()]).toEqual(expect.arrayContaining(OUTCOMES));
});
