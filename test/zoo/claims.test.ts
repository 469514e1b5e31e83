import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter } from "../support/triton/repository.js";
import { floats } from "../support/triton/tensors.js";
import { assemble, guest } from "../support/wasm/guests.js";
import { Zoo } from "./zoo.js";

/** What a guest says that the server, its log, its metrics page or its clients would believe. */
const zoo = new Zoo();
const DEADLINE = { extra: parameter("wasm_execute_deadline_ms", "300") };

/** A line as the server would write it. */
const FORGED = "E1129 23:59:59.000000 1 server.cc:1] forged";
const data = (at: number, text: string) =>
  `(data (i32.const ${at}) "${[...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")`;
const newMetric = (nameLength: number, helpLength: number) =>
  `(call $metric_new (i32.const 0) (i32.const 1000) (i32.const ${nameLength}) (i32.const 2000) (i32.const ${helpLength}))`;
/** Answers with one float, which is this f64. */
const answer = (number: string) => `
  (f32.store (i32.const 300) (f32.demote_f64 ${number}))
  (i64.store (i32.const 200) (i64.const 1))
  (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const 1) (i32.const 4)))
  (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 300) (i32.const 4)))
  (return (i32.const 0))`;
const create = (rank: number, bytes: number) =>
  `(drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const ${rank}) (i32.const ${bytes})))`;

/** A guest that completes its configuration with this. */
const completing = (completed: object) => {
  const text = JSON.stringify(completed);
  return guest(
    "(i32.const 0)",
    `${data(1_000, text)} (func (export "triton_auto_complete") (result i32)
      (drop (call $set_model_config (i32.const 1000) (i32.const ${text.length}))) (i32.const 0))`,
  );
};
const tensor = (more: object) => ({
  name: "INPUT0",
  data_type: "TYPE_FP32",
  dims: [-1],
  ...more,
});

/** Model, its module, what its load says. */
const LOADS: readonly (readonly [title: string, module: Uint8Array, words: RegExp])[] = [
  [
    "half a batch",
    completing({ max_batch_size: 8.5 }),
    /with max_batch_size = 8\.5: it must be a whole number/,
  ],
  [
    "a dimension below the one that varies",
    completing({ input: [tensor({ dims: [-2] })] }),
    /with input\[0\]\.dims\[0\] = -2: it must be/,
  ],
  [
    "a tensor whose name ends early in C",
    completing({ output: [tensor({ name: "OUTPUT0\u0000x" })] }),
    /with output\[0\]\.name = .*: it must be/,
  ],
  [
    "instances that the operator did not ask for",
    completing({ instance_group: [{ count: 10_000 }] }),
    /with instance_group, but a model may only complete .*write other fields into config\.pbtxt/,
  ],
  [
    "an import that looks like a line of the log",
    assemble(
      `(module (import "env" "a\\0a${FORGED}" (func)) (memory (export "memory") 1) (func (export "triton_execute") (result i32) (i32.const 0)))`,
    ),
    /imports env\.a E1129 23:59:59\.000000 1 server…, which this backend does not offer/,
  ],
];

const NAMED_LIKE_THE_SERVERS = "nv_inference_count";
const HELP = `help\n# TYPE forged_metric counter\nforged_metric 1`;

beforeAll(async () => {
  for (const [title, module] of LOADS) zoo.addModule(nameOf(title), module);
  zoo.add(
    "servers_metric",
    answer(`(f64.convert_i32_s ${newMetric(NAMED_LIKE_THE_SERVERS.length, 4)})`),
    {
      more: data(1_000, NAMED_LIKE_THE_SERVERS) + data(2_000, "help"),
    },
  );
  zoo.add("forged_help", answer(`(f64.convert_i32_s ${newMetric(7, HELP.length)})`), {
    more: data(1_000, "honest0") + data(2_000, HELP),
  });
  zoo.add(
    "infinite_sum",
    `(drop (call $metric_add ${newMetric(7, 4)} (f64.const 1.7e308)))
     ${answer(`(f64.convert_i32_s (call $metric_add ${newMetric(7, 4)} (f64.const 1.7e308)))`)}`,
    { more: data(1_000, "sum_one") + data(2_000, "help") },
  );
  zoo.add(
    "forwards_and_traps",
    `(drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0))) (unreachable)`,
  );
  zoo.add(
    "forwards_and_creates",
    `(drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0)))
     (i64.store (i32.const 200) (i64.const 2)) ${create(1, 8)}`,
  );
  zoo.add(
    "forwards_and_writes",
    `(drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0)))
     (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 8)))`,
  );
  zoo.add(
    "nothing_times_much",
    `(i64.store (i32.const 200) (i64.const 0)) (i64.store (i32.const 208) (i64.const 0x4000000000000000))
     ${create(2, 0)} (return (i32.const 0))`,
  );
  zoo.add(
    "half_a_character",
    `(memory.fill (i32.const 4000) (i32.const 0x1b) (i32.const 20000)) (i32.store (i32.const 20380) (i32.const 0xf09f92f0))
     (drop (call $response_error (i32.const 0) (i32.const 99) (i32.const 4000) (i32.const 20000))) (return (i32.const 0))`,
  );
  zoo.add("sleeps", `(drop (call $sleep (i32.const -1)))`, DEADLINE);
  zoo.add(
    "random",
    `(drop (memory.grow (i32.const 1000)))
     (loop $again (drop (call $random (i32.const 0) (i32.const 60000000))) (br $again))`,
    DEADLINE,
  );
  await zoo.start();
});

afterAll(() => zoo.stop());

describe("a model that completes or names what is not so is refused in one line", () => {
  test.each(LOADS)("%s", async (title, _module, words) => {
    const error = await zoo.server.http.loadError(nameOf(title));
    expect(error).toMatch(words);
    expect(error?.trim()).not.toContain("\n");
    expect(zoo.server.log()).not.toMatch(new RegExp(`^${FORGED}`, "m"));
    await zoo.refuses(nameOf(title), words);
  });
});

describe("the server's metrics page", () => {
  test("keeps the server's own metrics, of which a model asks for one", async () => {
    expect(await zoo.calm("servers_metric")).toEqual([-1]);
    const page = await zoo.server.http.metrics();
    expect(page.match(/^# TYPE nv_inference_count /gm)).toHaveLength(1);
    expect(page).not.toMatch(/^nv_inference_count\{.*model="servers_metric",version="1"\} 0$/m);
  });

  test("has no line that a model's help pretends to be", async () => {
    expect(await zoo.calm("forged_help")).toEqual([expect.any(Number)]);
    expect(await zoo.server.http.metrics()).not.toMatch(/^(# TYPE )?forged_metric/m);
  });

  test("has no infinite sum of finite numbers", async () => {
    expect(await zoo.calm("infinite_sum")).toEqual([0]);
    expect(await zoo.server.http.metrics()).toMatch(/^sum_one\{.*\} 1\.79769\d*e\+308$/m);
  });
});

describe("a response that contradicts itself", () => {
  test.each([
    ["forwards an input and traps", "forwards_and_traps", /trapped in triton_execute.*unreachable/],
    [
      "forwards an input and makes the output again",
      "forwards_and_creates",
      /output 'OUTPUT0'.*twice|already/,
    ],
    [
      "forwards an input and writes to it",
      "forwards_and_writes",
      /writes output .* before it creates it: call output_create first/,
    ],
    [
      "has no element, but a dimension of 2^62",
      "nothing_times_much",
      /creates output 'OUTPUT0' of request 0 with the dimension 4611686018427387904 at index 1/,
    ],
    [
      "has an error of an unknown code, of escape characters and half a character",
      "half_a_character",
      /^ {8192}$/,
    ],
    ["sleeps for weeks", "sleeps", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["wants random bytes for ever", "random", /exceeded its wasm_execute_deadline_ms of 300 ms/],
  ])("%s", (_title, model, words) => zoo.provoke(model, words));
});

test("another model's input is not touched by one who forwards and writes", async () => {
  const input = floats("INPUT0", [1, 2, 3]);
  await zoo.server.http.infer("forwards_and_writes", [input]);
  await zoo.answersWell("forwards_and_writes");
});

function nameOf(title: string): string {
  return title.replaceAll(/\W+/g, "_");
}
