import { DEFAULT_CEILINGS } from "../../host/config/ceilings.js";
import { parseModelConfig } from "../../host/config/model-config.js";
import { StubError } from "../../host/errors.js";

const SMALL = 51_200;
const GROWTH = 32;
/** Between what is in proportion to the size, 32 times, and to its square, 1,024 times. */
const MOST = 300;
const ROUNDS = 5;

const numbered = (count: number, name: string, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value]));
const parameters = (entries: object) => JSON.stringify({ name: "m", parameters: entries });

/** A configuration with about this number of bytes. */
const SHAPES: readonly (readonly [what: string, make: (bytes: number) => string])[] = [
  ["a long name", (bytes) => JSON.stringify({ name: "x".repeat(bytes) })],
  [
    "a long file name",
    (bytes) => JSON.stringify({ default_model_filename: "_1".repeat(bytes / 2) }),
  ],
  ["a limit of many digits", (bytes) => parameters({ wasm_execute_deadline_ms: text("9", bytes) })],
  ["an unknown limit", (bytes) => parameters({ [`wasm_${"x".repeat(bytes)}`]: text("1", 1) })],
  ["many parameters", (bytes) => parameters(numbered(bytes / 32, "other", text("1", 1)))],
  ["a large environment", (bytes) => parameters(numbered(bytes / 32, "wasm_env.V", text("1", 1)))],
  [
    "many instance groups",
    (bytes) =>
      JSON.stringify({
        instance_group: Array.from({ length: bytes / 24 }, (_, i) => ({ name: `g${i}`, count: 1 })),
      }),
  ],
  ["lists in lists", (bytes) => `{"x":${"[".repeat(bytes / 2)}${"]".repeat(bytes / 2)}}`],
];

function text(character: string, length: number) {
  return { string_value: character.repeat(length) };
}

/** The least time of the processor in several rounds, of each text: other work on the machine hardly changes it. */
function leastTimes(texts: readonly string[]): number[] {
  const least = texts.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, json] of texts.entries()) {
      const before = process.cpuUsage();
      parse(json);
      const { user, system } = process.cpuUsage(before);
      least[index] = Math.min(least[index]!, user + system + 1);
    }
  }
  return least;
}

function parse(json: string): void {
  try {
    parseModelConfig(json, DEFAULT_CEILINGS);
  } catch (error) {
    if (!(error instanceof StubError)) throw error;
  }
}

test.each(SHAPES)("finding 45: the work grows in proportion to the size: %s", (_what, make) => {
  const [small, large] = leastTimes([make(SMALL), make(GROWTH * SMALL)]) as [number, number];
  expect(large / small).toBeLessThan(MOST);
});
