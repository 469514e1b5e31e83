import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { assemble as assembleNamed, importsOf } from "../support/wasm/assemble.js";
import { COPY_ALL, WASM_BACKEND } from "../support/wasm/guests.js";

const GIBIBYTE = 2 ** 30;

/** A module whose functions keep their names. */
const named = (execute: string, more = "", pages = 1) =>
  assembleNamed(
    `(module ${importsOf(execute + more + COPY_ALL)} (memory (export "memory") ${pages}) ${more}
      (func $triton_execute (export "triton_execute") (result i32) (local $i i32)
        ${execute} ${COPY_ALL} (i32.const 0)))`,
    true,
  );

/** Copies what it gets, but for a request of one element. */
const ifOne = (then: string) =>
  `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 4)) (then ${then}))`;

/** These guests fail more often than a model may: the operator of this server has raised the ceiling. */
const RAISED = { wasm_failures_max: "1000" };
const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const often = parameter("wasm_failures_max", RAISED.wasm_failures_max);
  const add = (name: string, module: Uint8Array, config = "") =>
    repository.add(name, floatConfig("wasm", often + config), { "model.wasm": module });
  add(
    "rusty",
    named(
      ifOne("(call $model::answer)"),
      `(func $rust_panic (unreachable))
       (func $"core::panicking::panic_fmt at (wasm:" (call $rust_panic))
       (func $model::answer (call $"core::panicking::panic_fmt at (wasm:"))`,
    ),
  );
  add("throws", named(ifOne("(throw $oops (i32.const 7))"), "(tag $oops (param i32))"));
  add(
    "asserts",
    named(
      ifOne(`(i32.store (i32.const 8) (i32.const 100)) (i32.store (i32.const 12) (i32.const 16))
        (drop (call $fd_write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 16)))
        (unreachable)`),
      `(data (i32.const 100) "Assertion failed")`,
    ),
  );
  add(
    "grows",
    named(
      ifOne(`(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (unreachable)`),
    ),
    parameter("wasm_memory_max_bytes", "1048576"),
  );
  add(
    "repository",
    named(
      `(drop (call $fail (i32.const 200)
        (call $argument (i32.const 100) (i32.const 16) (i32.const 200) (i32.const 4000))))
       (return (i32.const 1))`,
      `(data (i32.const 100) "model_repository")`,
    ),
  );
  add(
    "draws",
    named(
      `(if (call $random_get (i32.const 1000) (i32.const 1000000)) (then (unreachable)))
       ${ifOne(`(drop (call $random (i32.const 0) (i32.const ${GIBIBYTE - 1})))`)}`,
      "",
      16_384,
    ),
    parameter("wasm_execute_deadline_ms", "200"),
  );
  add(
    "vanishes",
    named(ifOne("(loop $for_ever (br $for_ever))")),
    parameter("wasm_execute_deadline_ms", "200"),
  );
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: [WASM_BACKEND],
    env: RAISED,
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

const one = [floats("INPUT0", [1])];
const two = [floats("INPUT0", [1, 2])];

async function expectServes(model: string): Promise<void> {
  const { outputs } = await server.http.infer(model, two);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [1, 2]))).toBe(true);
}

test.each([
  [
    "findings 10, 26, 29: a trap shows its stack, and names cannot forge it",
    "rusty",
    'the model trapped in triton_execute: unreachable (at rust_panic < "core::panicking::panic_fmt at (wasm:" < model::answer < triton_execute)',
  ],
  [
    "finding 25: an exception that is not caught is called one",
    "throws",
    "the model threw an uncaught exception in triton_execute",
  ],
  [
    "finding 29: what a guest last wrote to standard error explains its trap",
    "asserts",
    "the model trapped in triton_execute: unreachable (at triton_execute); its last line on standard error: Assertion failed",
  ],
  [
    "finding 29: a trap at the end of the memory names the limit",
    "grows",
    "(at triton_execute); its memory has 1048576 of the 1048576 bytes that wasm_memory_max_bytes allows",
  ],
])("%s", async (_title, model, text) => {
  await expectServes(model);
  expect(await server.http.inferError(model, one)).toContain(text);
  await expectServes(model);
});

test("finding 40: a guest may ask for the folder of its model", async () => {
  const error = await server.http.inferError("repository", one);
  expect(error).toContain(join(repository.folder, "repository"));
});

test("finding 27: a guest may draw a megabyte at once, and a gigabyte ends at the deadline", async () => {
  const stubs = server.stubPids();
  await expectServes("draws");
  expect(await server.http.inferError("draws", one)).toContain("wasm_execute_deadline_ms");
  await expectServes("draws");
  expect(server.stubPids()).toEqual(stubs);
});

test("finding 33: a model whose folder vanishes while it is in use is missing by name at the most", async () => {
  await expectServes("vanishes");
  const folder = join(repository.folder, "vanishes");
  const away = `${repository.folder}.gone`;
  renameSync(folder, away);
  try {
    // The thread that ran the guest is ended with it; another has to take its place.
    expect(await server.http.inferError("vanishes", one)).toContain("wasm_execute_deadline_ms");
    const answer = await server.http.infer("vanishes", two).then(
      () => "served",
      (error: Error) => error.message,
    );
    expect(answer).toMatch(/^served$|model file '.*vanishes.*' cannot be read \(ENOENT\)/);
    expect(server.log()).not.toContain("thread died");
  } finally {
    renameSync(away, folder);
  }
});
