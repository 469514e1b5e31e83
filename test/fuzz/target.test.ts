import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { HANG_MS } from "../support/wait.js";
import { type FuzzTarget, fuzz, fuzzOnce } from "./target.js";

/** Fails at every input that begins with 7. */
const SEVENS: FuzzTarget = {
  name: "sevens",
  make: (random) => Uint8Array.of(random.below(10), random.below(256)),
  check(input) {
    if (input[0] === 7) throw new TypeError("a seven");
    return input[0]! > 7 ? "above" : "below";
  },
};

test("a failing input is shown in base64 with its seed, which makes it again", () => {
  const failure = /^sevens, seed (\d+): a seven\ninput in base64: (B[\w+/]+==?)$/;
  let message = "";
  try {
    fuzz(SEVENS, { seed: 1, cases: 1_000 });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(failure);
  const [, seed, input] = failure.exec(message)!;
  expect(Buffer.from(input!, "base64")[0]).toBe(7);
  expect(() => fuzzOnce(SEVENS, Number(seed))).toThrow(message);
});

const HARMLESS: FuzzTarget = { ...SEVENS, check: (input) => String(input[0]! > 7) };

test("so many cases are tried, and their outcomes counted", () => {
  const outcomes = fuzz(HARMLESS, { seed: 1, cases: 1_000 });
  expect([...outcomes.values()].reduce((sum, times) => sum + times)).toBe(1_000);
  expect([...outcomes.keys()].sort()).toEqual(["false", "true"]);
  expect(outcomes.get("false")).toBeGreaterThan(outcomes.get("true")!);
});

test("cases are tried until the time is over", () => {
  const begin = performance.now();
  expect(fuzz(HARMLESS, { seed: 1, seconds: 0.1 }).size).toBeGreaterThan(0);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(100);
});

test("seeds that follow one another make different numbers, evenly", () => {
  const counts = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 10_000; seed++) counts[new Random(seed).below(10)]! += 1;
  for (const count of counts) {
    expect(count).toBeGreaterThan(800);
    expect(count).toBeLessThan(1_200);
  }
});

/** Its third case never ends. */
const HANGING = `
const { fuzz } = await import(process.argv[1]);
const target = { name: "hanging", make: () => new Uint8Array(), check: () => { for (cases++; cases === 3; ); return ""; } };
let cases = 0;
fuzz(target, { seed: 4_000_000_000, cases: 10, hangMs: 300 });`;

test("an input that never ends is named by its seed, and ends the process", () => {
  const fuzzer = join(projectFolder(), "dist/js/test/fuzz/target.js");
  const { stderr, signal } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", HANGING, fuzzer],
    { encoding: "utf8", timeout: HANG_MS },
  );
  expect(stderr).toBe("hanging, seed 4000000002: no end after 300 ms of the processor\n");
  expect(signal).toBe("SIGKILL");
});
