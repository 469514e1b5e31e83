import { MODEL_LIMITS } from "../../../host/config/model-limits.js";
import type { Random } from "../../support/random.js";
import { mutate } from "../mutate.js";
import { hostile32 } from "../numbers.js";

const LIMITS = Object.values(MODEL_LIMITS);

/** Texts at which readers of numbers, names and JSON go wrong. */
const TEXTS = [
  "",
  " 5",
  "5 ",
  "+5",
  "-1",
  "0x10",
  "1e9",
  "5.0",
  "١",
  "007",
  "Infinity",
  "null",
  "9".repeat(15),
  "9".repeat(16),
  "9".repeat(400),
  ".",
  "..",
  "a/b",
  "a\0b",
  "a=b",
  "a;b",
  "$(a)",
  "a\nb",
  "__proto__",
  "constructor",
  "toString",
  "\ud800",
  "\u{1f600}",
];

const encoder = new TextEncoder();

/** Text of a model's configuration, more or less as a server prints it. */
export function makeConfig(random: Random): Uint8Array {
  const text = encoder.encode(object(random, FIELDS));
  return random.once(6) ? mutate(text, [text], random) : text;
}

type Make = (random: Random) => string;
type Members = readonly (readonly [name: Make, value: Make])[];

const limit: Make = (random) => random.pick(LIMITS).parameter;
const text: Make = (random) => JSON.stringify(random.pick(TEXTS));

/** A value for a limit: mostly at one of its ends, or beside it. */
const limitText: Make = (random) => {
  if (random.once(4)) return text(random);
  const { min, max, ceiling, default: standard } = random.pick(LIMITS);
  const value = random.once(2) ? standard : random.pick([min, ceiling, max]) + random.below(3) - 1;
  return JSON.stringify(String(value));
};

const parameterName: Make = (random) => {
  const ours = [
    "wasm_",
    "wasm_limit",
    "wasm_env",
    "wasm_env.",
    "wasm_nn.",
    "WASM_nn.a",
    "WASM_memory_max_bytes",
    "Wasm_env.X",
  ];
  if (random.once(40)) return "EXECUTION_ENV_PATH";
  if (random.once(8)) return random.pick(ours);
  if (random.once(3)) return `wasm_env.${random.pick(TEXTS)}`;
  if (random.once(6)) return `wasm_nn.${random.pick(TEXTS)}`;
  return random.once(4) ? random.pick(TEXTS) : limit(random);
};

const parameter: Make = (random) => {
  if (random.once(8)) return anything(random);
  const value = random.once(4) ? JSON.stringify(object(random, GRAPH)) : limitText(random);
  return `{"string_value":${value}}`;
};

const parameters: Make = (random) => object(random, repeated([parameterName, parameter], 4));

/** What a parameter says about a graph of wasi-nn. */
const GRAPH: Members = [
  [() => "model", text],
  [() => "version", (random) => String(random.below(3))],
  [(random) => random.pick(["inputs", "outputs", "input"]), (random) => list(random, text)],
];

const instanceGroup: Make = (random) =>
  object(random, [
    [() => "name", text],
    [() => "count", (random) => String(1 + random.below(4))],
  ]);

const FIELDS: Members = [
  [() => "name", text],
  [() => "default_model_filename", (random) => (random.once(2) ? '"m.wasm"' : text(random))],
  [() => "parameters", parameters],
  [() => "instance_group", (random) => list(random, instanceGroup)],
  [() => "max_batch_size", anything],
];

function repeated(member: Members[number], most: number): Members {
  return new Array<Members[number]>(most).fill(member);
}

function object(random: Random, members: Members): string {
  const chosen = members.filter(() => !random.once(4));
  return `{${chosen.map(([name, value]) => `${JSON.stringify(name(random))}:${oddly(random, value)}`).join(",")}}`;
}

function list(random: Random, make: Make): string {
  return `[${Array.from({ length: random.below(4) }, () => oddly(random, make)).join(",")}]`;
}

/** Now and then something of another type stands in a value's place. */
function oddly(random: Random, make: Make): string {
  return random.once(24) ? anything(random) : make(random);
}

function anything(random: Random): string {
  const depth = random.once(50) ? 20_000 : 2;
  return random.pick<Make>([
    text,
    () => "null",
    () => "true",
    () => "-0",
    () => "1e400",
    (random) => String(hostile32(random)),
    () => `${"[".repeat(depth)}${"]".repeat(depth)}`,
    () => '{"toString":1}',
    () => '{"valueOf":{},"toString":{}}',
    (random) => `{${text(random)}:${text(random)}}`,
  ])(random);
}
