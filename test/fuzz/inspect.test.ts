import { spawnSync } from "node:child_process";
import { BUNDLED_NODE, compiledProgram } from "../support/engine.js";
import { INSPECT } from "./inspect/target.js";
import { fuzz } from "./target.js";

/** The same cases each time; `npm run fuzz` tries new ones. */
const SEED = "1";
const CASES = "2000";

/** Some of everything: else the inputs have gone astray. */
const OUTCOMES = [
  /^taken, 2 times clamped/,
  /^left to V8/,
  /^malformed/,
  /^refused for a limit/,
  /^refused for a shared memory/,
];

test(`the inspector agrees with this Node's V8 on ${CASES} mutated modules`, () => {
  const outcomes = [...fuzz(INSPECT, { seed: Number(SEED), cases: Number(CASES) }).keys()];
  for (const outcome of OUTCOMES) {
    expect(outcomes).toContainEqual(expect.stringMatching(outcome));
  }
});

/** It knows more of what the inspector refuses than older ones. */
test(`the inspector agrees with the V8 of the Node that runs models on ${CASES} mutated modules`, () => {
  const { stdout, stderr } = spawnSync(
    BUNDLED_NODE,
    [compiledProgram("fuzz/main.js"), "--target", "inspect", "--seed", SEED, "--cases", CASES],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^inspect from seed \d+ on, Node 24\./);
  expect(stdout).toMatch(/\d taken, 2 times clamped/);
  expect(stdout).toMatch(/\d refused for a 64-bit memory \(memory64\)/);
});
