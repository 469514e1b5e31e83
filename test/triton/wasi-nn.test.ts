import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, pairsConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";
import { addNnLimits, NN_LIMITS, nnLimitChecks } from "./called/nn-limits.js";

const MODELS = ["doubles", "pairs", "refuses", "nn", NN_LIMITS];
const repository = new ModelRepository();

/** A parameter with JSON. */
const graph = (name: string, value: unknown) =>
  `parameters { key: "wasm_nn.${name}" value { string_value: '${JSON.stringify(value)}' } }`;

/** Adds each element to itself. */
const DOUBLES = guest(
  `(local $size i32)
   (local.set $size (call $input_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096) (i32.const 32768)))
   (i64.store (i32.const 1024) (i64.extend_i32_u (i32.div_u (local.get $size) (i32.const 4))))
   (loop $next
     (if (i32.lt_u (local.get $i) (local.get $size)) (then
       (f32.store offset=4096 (local.get $i)
         (f32.add (f32.load offset=4096 (local.get $i)) (f32.load offset=4096 (local.get $i))))
       (local.set $i (i32.add (local.get $i) (i32.const 4)))
       (br $next))))
   (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 1024) (i32.const 1) (local.get $size)))
   (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096) (local.get $size))`,
);

/** Returns both inputs. */
const PAIRS = guest(
  `${COPY_ALL} (call $output_copy_input (i32.const 0) (i32.const 1) (i32.const 1))`,
);

const REFUSES = guest(
  "(call $response_error (i32.const 0) (i32.const 3) (i32.const 16) (i32.const 17))",
);

beforeAll(() => {
  repository.add("doubles", floatConfig("wasm"), { "model.wasm": DOUBLES });
  const pair = (index: number) => ({ index, type: "TYPE_FP32", dims: [-1] });
  repository.add("pairs", pairsConfig("wasm", [pair(0), pair(1)]), { "model.wasm": PAIRS });
  repository.add("refuses", floatConfig("wasm"), { "model.wasm": REFUSES });
  const file = join(projectFolder(), "test/fixtures/wasi-nn/guest.wasm");
  const graphs = graph("swaps", {
    model: "pairs",
    version: 1,
    inputs: ["INPUT0", "INPUT1"],
    outputs: ["OUTPUT1", "OUTPUT0"],
  });
  repository.add("nn", floatConfig("wasm", graphs), { "model.wasm": readFileSync(file) });
  addNnLimits(repository);
});
afterAll(() => repository.remove());

const numbers = (count: number) =>
  floats(
    "INPUT0",
    Array.from({ length: count }, (_, index) => index + 1),
  );

/** One release of each execute era. */
describe.each(["23.12", "24.08", "24.10"])(
  "on %s, a guest with the published bindings of wasi-nn",
  (release) => {
    let server: TritonServer;

    beforeAll(async () => {
      server = await TritonServer.start({
        release,
        modelRepository: repository.folder,
        backends: [WASM_BACKEND],
      });
      // The graphs of a guest need not be ready when it loads them by their names.
      for (const model of [...MODELS].reverse()) await server.http.load(model);
    });

    afterAll(async () => {
      expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
    });

    async function expectAnswer(count: number, ...values: number[]): Promise<void> {
      const [output] = (await server.http.infer("nn", [numbers(count)])).outputs;
      expect(sameTensor(output!, floats("OUTPUT0", values))).toBe(true);
    }

    const line = (text: string) =>
      server.waitForLog(new RegExp(`^W\\d{4} .*nn_0\\b.*wasi-nn: ${text}`, "m"));

    test("computes another model", async () => {
      await expectAnswer(8, 2, 4, 6, 8, 10, 12, 14, 16);
      await expectAnswer(7, 2, 4, 6, 8, 10, 12, 14);
    });

    test("uses the names that its configuration sets", async () => {
      await expectAnswer(6, 7, 8);
    });

    test("creates a context for each batch, for ever, and leaves nothing in the region", async () => {
      const instance = new Instance(server, "nn");
      await expectAnswer(7, 2, 4, 6, 8, 10, 12, 14);
      const before = await instance.settledBytes();
      for (let batch = 0; batch < 100; batch++) await expectAnswer(7, 2, 4, 6, 8, 10, 12, 14);
      expect(await instance.settledBytes()).toBe(before);
    });

    test("gets error numbers, and the log has the reasons", async () => {
      const errorOf = (count: number) => server.http.inferError("nn", [numbers(count)]);
      expect(await errorOf(1)).toContain("Runtime Error");
      await line("graph 'refuses' failed: .*said by the guest");
      expect(await errorOf(2)).toContain("Not Found");
      await line("graph 'absent' is model 'absent', which is not ready in the server");
      expect(await errorOf(3)).toContain("Unsupported Operation");
      await line("load is not supported");
      expect(await errorOf(4)).toContain("Too Large");
      await line("output 'OUTPUT0' has 16 bytes, but the buffer of get_output has 12");
      expect(await errorOf(5)).toContain("passed an invalid argument");
      await line("graph 'doubles' returned no output 'OUTPUT1' \\(it returned 'OUTPUT0'\\)");
    });

    nnLimitChecks(() => server);

    test("finds that a graph of its initialisation is gone, and works when it is back", async () => {
      await server.http.unload("doubles");
      expect(await server.http.inferError("nn", [numbers(7)])).toContain("Not Found");
      await line("graph 'doubles' failed: ");
      await server.http.load("doubles");
      await expectAnswer(7, 2, 4, 6, 8, 10, 12, 14);
    });
  },
);
