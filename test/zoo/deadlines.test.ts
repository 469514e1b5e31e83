import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter } from "../support/triton/repository.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { guest } from "../support/wasm/guests.js";
import { Zoo } from "./zoo.js";

/** Code that V8 cannot stop (finding 2): the process that runs it is ended. */
const zoo = new Zoo();
const EXECUTE = { extra: parameter("wasm_execute_deadline_ms", "200") };
const INITIALIZE = parameter("wasm_initialize_deadline_ms", "200");

const DIRECT =
  "(func $a (param i32) (result i32) (return_call $a (i32.add (local.get 0) (i32.const 1))))";
const MUTUAL = `
  (func $a (param i32) (result i32) (return_call $b (local.get 0)))
  (func $b (param i32) (result i32) (return_call $a (i32.add (local.get 0) (i32.const 1))))`;
const INDIRECT = `
  (type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $a)
  (func $a (type $t) (return_call_indirect (type $t) (local.get 0) (i32.const 0)))`;
const CALL = "(drop (call $a (i32.const 0)))";
/** A straight line of so many fills of 256 MiB: at least ten seconds on any machine. */
const FILLS = 400;
const GROW = "(drop (memory.grow (i32.const 4095)))";
const BULK = `${GROW} ${"(memory.fill (i32.const 0) (i32.const 1) (i32.const 268435456)) ".repeat(FILLS)}`;

const GUESTS: readonly (readonly [what: string, name: string, body: string, more: string])[] = [
  ["direct tail calls", "direct", CALL, DIRECT],
  ["mutual tail calls", "mutual", CALL, MUTUAL],
  ["indirect tail calls", "indirect", CALL, INDIRECT],
  ["a straight line of bulk memory", "bulk", BULK, ""],
];
const COPIES = "(i32.const 0)";
const function_ = (name: string, body: string, result: string) =>
  `(func (export "triton_${name}") ${result === "" ? "" : "(result i32)"} ${body} ${result})`;

beforeAll(async () => {
  for (const [, name, body, more] of GUESTS) {
    zoo.add(name, body, { more, ...EXECUTE });
    for (const call of ["initialize", "auto_complete"]) {
      const module = guest(COPIES, more + function_(call, body, COPIES));
      zoo.addModule(`${name}_${call}`, module, INITIALIZE);
    }
    zoo.addModule(`${name}_finalize`, guest(COPIES, more + function_("finalize", body, "")));
  }
  await zoo.start();
});

afterAll(() => zoo.stop());

describe("finding 2: code that V8 cannot stop is stopped at its deadline", () => {
  test.each(GUESTS)("row 3: %s in execute", (_what, name) =>
    zoo.provoke(name, /exceeded its wasm_execute_deadline_ms of 200 ms by \d+ ms and was stopped/),
  );

  test.each(GUESTS)("row 4: %s in triton_initialize", (_what, name) =>
    zoo.refuses(`${name}_initialize`, /exceeded its wasm_initialize_deadline_ms of 200 ms/),
  );

  // On this release the server cannot be told when it asks for the completion: the load fails with the instance.
  test.each(GUESTS)("row 4: %s in triton_auto_complete", (_what, name) =>
    zoo.refuses(`${name}_auto_complete`, /exceeded its wasm_initialize_deadline_ms of 200 ms/),
  );

  test.each(GUESTS)("%s in triton_finalize, so that an unload ends", async (_what, name) => {
    const { server } = zoo;
    const before = server.stubs().length;
    await server.http.load(`${name}_finalize`);
    // On a busy machine a server can end when a model is unloaded right after its load (docs/operations.md).
    await server.http.infer(`${name}_finalize`, [floats("INPUT0", [1])]);
    await server.http.unload(`${name}_finalize`);
    await until("the unload", () => server.stubs().length === before);
    expect(await server.http.live()).toBe(true);
  });
});
