import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** INPUT0 as OUTPUT0 and OUTPUT1; afterwards the guest looks for the input by its name and reads it again. */
const COPIES = `
  (loop $next
    (if (i32.lt_u (local.get $i) (call $request_count)) (then
      (drop (call $output_copy_input (local.get $i) (i32.const 0) (i32.const 0)))
      (drop (call $output_copy_input (local.get $i) (i32.const 1) (i32.const 0)))
      (if (call $input_find (local.get $i) (i32.const 1000) (i32.const 6)) (then unreachable))
      (if (i32.ne (call $input_name (local.get $i) (i32.const 0) (i32.const 1100) (i32.const 6)) (i32.const 6)) (then unreachable))
      (if (i64.ne (i64.load (i32.const 1098)) (i64.load (i32.const 998))) (then unreachable))
      (drop (call $input_read (local.get $i) (i32.const 0) (i32.const 0) (i32.const 1200) (i32.const 4)))
      (if (f32.ne (f32.load (i32.const 1200)) (f32.const 1)) (then unreachable))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))))`;
/** Two floats: the guest copies, then never returns. */
const SOMETIMES_ENDLESS =
  "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (loop $for_ever (br $for_ever))))";
const NAME = '(data (i32.const 1000) "INPUT0")';

const repository = new ModelRepository();

beforeAll(() => {
  const module = guest(`${COPIES} ${SOMETIMES_ENDLESS} (i32.const 0)`, NAME);
  const tensor = (name: string) => `{ name: "${name}" data_type: TYPE_FP32 dims: [ -1 ] }`;
  const config = `backend: "wasm"
    max_batch_size: 8
    input [ ${tensor("INPUT0")} ]
    output [ ${tensor("OUTPUT0")}, ${tensor("OUTPUT1")} ]
    dynamic_batching { max_queue_delay_microseconds: 20000 }
    ${parameter("wasm_execute_deadline_ms", "300")}`;
  repository.add("plain", config, { "model.wasm": module });
  const decoupled = `${config} model_transaction_policy { decoupled: true }`;
  repository.add("decoupled", decoupled, { "model.wasm": module });
});
afterAll(() => repository.remove());

/** One release of each execute era. */
describe.each(["23.12", "24.08", "24.10"])(
  "on %s, copies of inputs that move no byte",
  (release) => {
    let server: TritonServer;

    beforeAll(async () => {
      server = await TritonServer.start({
        release,
        modelRepository: repository.folder,
        backends: [WASM_BACKEND],
      });
      for (const model of ["plain", "decoupled"]) await server.http.load(model);
    });

    afterAll(async () => {
      expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
    });

    const numbers = (count: number) =>
      floats(
        "INPUT0",
        Array.from({ length: count }, (_, index) => index + 1),
        [1, count],
      );

    async function expectCopies(model: string, count: number): Promise<void> {
      const input = numbers(count);
      const outputs =
        model === "plain"
          ? (await server.http.infer(model, [input])).outputs
          : (await server.grpc.inferStream(model, [input]))[0]!.outputs;
      expect(outputs.map(({ name }) => name).sort()).toEqual(["OUTPUT0", "OUTPUT1"]);
      for (const output of outputs) {
        expect(sameTensor(output, { ...input, name: output.name })).toBe(true);
      }
    }

    test.each(["plain", "decoupled"])(
      "of a model that is %s: the right bytes, alone, in batches, and after a guest was stopped between copy and answer",
      async (model) => {
        const stubs = server.stubPids();
        for (const count of [1, 3, 1000, 300_000]) await expectCopies(model, count);
        await Promise.all(Array.from({ length: 24 }, (_, index) => expectCopies(model, index + 3)));
        const endless =
          model === "plain"
            ? server.http.inferError(model, [numbers(2)])
            : server.grpc.inferStream(model, [numbers(2)]).catch(String);
        expect(await endless).toMatch(/exceeded its wasm_execute_deadline_ms/);
        for (const count of [1, 3, 1000]) await expectCopies(model, count);
        expect(server.stubPids()).toEqual(stubs);
      },
    );

    test("the models unload", async () => {
      for (const model of ["plain", "decoupled"]) await server.http.unload(model);
      await until("no stub", () => server.stubs().length === 0);
    });
  },
);
