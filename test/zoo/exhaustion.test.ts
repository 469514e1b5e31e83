import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { callThenLoop, codeModule, costlyFunctions } from "../support/wasm/code-shapes.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Guests that take as much of the engine's memory, of its compiler's time or of a host call as the limits allow. */
const FOUR_GIB = String(2 ** 32);
const OPERATOR = {
  wasm_memory_max_bytes: FOUR_GIB,
  wasm_output_max_bytes: FOUR_GIB,
  wasm_failures_max: "1000",
};
const HALF = 2 ** 31;
const ENDLESS_LOOP = "(loop $for_ever (br $for_ever))";
const STOPPED = /exceeded its wasm_execute_deadline_ms of 300 ms/;
const SHAPE = `(data (i32.const 200) "\\00\\00\\00\\80\\00\\00\\00\\00")`;
const UINT8 = 2;
const GROWN = `(drop (memory.grow (i32.const ${HALF / 65_536})))`;
const CREATE = `(drop (call $output_create (i32.const 0) (i32.const 0) (i32.const ${UINT8}) (i32.const 200) (i32.const 1) (i32.const ${-HALF})))`;
/** A call that never ends by itself, after the host call. */
const calls = (body: string) => `${GROWN} ${body} ${ENDLESS_LOOP}`;

const HOST_CALLS: readonly (readonly [what: string, name: string, body: string])[] = [
  [
    "output_write of 2 GiB",
    "writes",
    calls(
      `${CREATE} (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const ${-HALF})))`,
    ),
  ],
  [
    "output_zero of 2 GiB",
    "zeros",
    calls(
      `(drop (call $output_zero (i32.const 0) (i32.const 0) (i32.const ${UINT8}) (i32.const 200) (i32.const 1)))`,
    ),
  ],
  [
    "random of 2 GiB",
    "random",
    calls(`(drop (call $random (i32.const 65536) (i32.const ${-HALF})))`),
  ],
];

/** Each call catches an exception of eight vectors and keeps it while it calls itself, until the stack ends. */
const V128 = "(v128.const i32x4 1 2 3 4)";
const EXCEPTIONS = `(tag $full (param ${"v128 ".repeat(8)}))
  (func $deep (try (do (throw $full ${V128.repeat(8)})) (catch_all (call $deep) (call $deep))))`;

const COSTLY = 20;

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(() => {
  const deadline = parameter("wasm_execute_deadline_ms", "300");
  const wide =
    deadline +
    parameter("wasm_memory_max_bytes", FOUR_GIB) +
    parameter("wasm_output_max_bytes", FOUR_GIB) +
    parameter("wasm_failures_max", "1000");
  const provoked = (body: string, more: string) =>
    guest(
      `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then ${body})) ${COPY_ALL} (i32.const 0)`,
      more,
    );
  const floatModel = (name: string, module: Uint8Array, extra: string) =>
    repository.add(name, floatConfig("wasm", extra), { "model.wasm": module });
  for (const [, name, body] of HOST_CALLS) {
    const config = floatConfig("wasm", wide).replace(/(output \[.*)TYPE_FP32/s, "$1TYPE_UINT8");
    repository.add(name, config, { "model.wasm": provoked(body, SHAPE) });
  }
  floatModel("exceptions", provoked("(call $deep)", EXCEPTIONS), wide);
  const compiles = [{ code: callThenLoop(1, COSTLY) }, ...costlyFunctions(COSTLY)];
  floatModel("compiles", codeModule(compiles), wide);
  floatModel("other", guest(`${COPY_ALL} (i32.const 0)`), "");
});
afterAll(() => repository.remove());

async function answersWell(model: string): Promise<void> {
  const input = floats("INPUT0", [1, 2, 3]);
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

const provoke = (model: string) => server.http.inferError(model, [floats("INPUT0", [1, 2])]);

describe.each(["23.12", "24.10"])("finding 2: on %s", (release) => {
  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
      loadModels: ["other"],
      env: OPERATOR,
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test.each(HOST_CALLS)(
    "%s is stopped at its deadline, and another request is answered",
    async (_what, model) => {
      await server.http.load(model);
      const { guard } = new Instance(server, model);
      for (let round = 0; round < 2; round++) {
        expect(await provoke(model)).toMatch(STOPPED);
        await answersWell("other");
      }
      expect(new Instance(server, model).guard).toBe(guard);
      await server.http.unload(model);
    },
  );

  test("a stack full of exceptions of the largest size does not fill the engine's heap", async () => {
    await server.http.load("exceptions");
    const executor = await new Instance(server, "exceptions").executor();
    // Sooner or later: a busy machine may not reach the end of the stack before the deadline.
    expect(await provoke("exceptions")).toMatch(
      /overflowed its stack|exceeded its wasm_execute_deadline_ms/,
    );
    await answersWell("exceptions");
    await answersWell("other");
    expect(server.log()).not.toMatch(/V8 aborted/);
    expect(executor).toBeGreaterThan(0);
    await server.http.unload("exceptions");
  });

  test("finding 5: functions that take seconds to compile, each just below the limit, are stopped at the deadline", async () => {
    await server.http.load("compiles");
    for (let round = 0; round < 2; round++) expect(await provoke("compiles")).toMatch(STOPPED);
    await answersWell("other");
    await server.http.unload("compiles");
  });
});
