import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { COPY_ALL, guest, identityModule, WASM_BACKEND } from "./guests.js";
import { TRITON_RELEASES } from "./harness/releases.js";
import { TritonServer } from "./harness/server.js";
import { encodeBytes, floats, sameTensor, type Tensor } from "./harness/tensors.js";
import { until } from "./harness/wait.js";
import { floatConfig, ModelRepository, pairsConfig, parameter } from "./repository.js";

/** Traps on two floats, never returns on three, and copies any others. */
const BY_SIZE = `
  (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then unreachable))
  (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 12))
    (then (loop $for_ever (br $for_ever))))
  ${COPY_ALL} (i32.const 0)`;

const MIB = 1024 * 1024;
const repository = new ModelRepository();

beforeAll(() => {
  const pairs = [
    { index: 0, type: "TYPE_FP32", dims: [-1], input: "optional: true" },
    { index: 1, type: "TYPE_STRING", dims: [-1, -1], input: "optional: true" },
  ];
  repository.add("identity", pairsConfig("wasm", pairs), { "model.wasm": identityModule() });
  repository.add("logs", pairsConfig("wasm", pairs), {
    "model.wasm": guest(
      `(drop (call $log (i32.const 2) (i32.const 16) (i32.const 17))) ${COPY_ALL} (i32.const 0)`,
    ),
  });
  const decoupled = "model_transaction_policy { decoupled: true }";
  repository.add(
    "decoupled",
    floatConfig("wasm", `${decoupled} ${parameter("execute_deadline_ms", "300")}`),
    { "model.wasm": guest(BY_SIZE) },
  );
  repository.add("broken", pairsConfig("wasm", pairs), { "model.wasm": Buffer.from("no") });
});
afterAll(() => repository.remove());

async function expectDecoupled(server: TritonServer): Promise<void> {
  const ask = (...values: number[]) =>
    server.grpc.inferStream("decoupled", [floats("INPUT0", values)]);
  await expect(ask(1, 2)).rejects.toThrow("the model trapped in triton_execute");
  await expect(ask(1, 2, 3)).rejects.toThrow("exceeded its execute_deadline_ms");
  const answers = await ask(1);
  expect(answers.map(({ outputs }) => sameTensor(outputs[0]!, floats("OUTPUT0", [1])))).toEqual([
    true,
  ]);
  await server.http.unload("decoupled");
  await until("the decoupled model's end", 10_000, () => server.stubs().length === 2);
}

test.each(TRITON_RELEASES.map(({ release }) => release))(
  "a stock Triton %s serves, logs, refuses and ends in order",
  async (release) => {
    const server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: ["identity", "logs", "decoupled"],
      backends: [WASM_BACKEND],
    });
    let stopped = false;
    try {
      await expectDecoupled(server);
      const inputs: Tensor[] = [
        floats("INPUT0", [1, 2, 3]),
        {
          name: "INPUT1",
          datatype: "BYTES",
          shape: [1, 2],
          bytes: encodeBytes(["x".repeat(3 * MIB), ""]),
        },
      ];
      for (const client of [server.http, server.grpc]) {
        const { outputs } = await client.infer("identity", inputs);
        for (const input of inputs) {
          const name = input.name.replace("INPUT", "OUTPUT");
          const output = outputs.find((candidate) => candidate.name === name);
          expect(output !== undefined && sameTensor(output, { ...input, name })).toBe(true);
        }
      }
      expect(
        await server.http.inferError("identity", [inputs[0]!], { outputs: ["OUTPUT1"] }),
      ).toContain("failed to get optional input 'INPUT1'");
      const counted = 2 * (12 + inputs[1]!.bytes.length);
      await until(`${counted} bytes counted`, 5_000, async () =>
        (await server.http.metrics()).includes(
          `input_byte_size_counter{model="identity",version="1"} ${counted}\n`,
        ),
      );
      await server.http.infer("logs", [inputs[0]!], { outputs: ["OUTPUT0"] });
      await server.waitForLog(/^E\d{4} .*said by the guest/m);
      expect(await server.http.loadError("broken")).toContain("is not a valid WebAssembly module");
      stopped = true;
      expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
    } finally {
      if (!stopped) await server.dispose();
    }
  },
  300_000,
);
