import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

const MODELS = ["identity", "batches", "trap", "endless", "large", "refuses"];
const DECOUPLED = "model_transaction_policy { decoupled: true }";

/** Traps or never returns on the second call of each instance. */
const onSecondCall = (body: string) => `
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.eq (global.get $calls) (i32.const 2)) (then ${body}))
  ${COPY_ALL} (i32.const 0)`;
const CALLS = "(global $calls (mut i32) (i32.const 0))";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const wasm = (body: string) => ({ "model.wasm": guest(onSecondCall(body), CALLS) });
  repository.add("identity", floatConfig("identity", DECOUPLED));
  repository.add("batches", floatConfig("identity", `${DECOUPLED} dynamic_batching {}`, 8));
  repository.add("trap", floatConfig("wasm", DECOUPLED), wasm("unreachable"));
  for (const name of ["endless", "large"]) {
    repository.add(
      name,
      floatConfig("wasm", `${DECOUPLED} ${parameter("wasm_execute_deadline_ms", "300")}`),
      wasm("(loop $for_ever (br $for_ever))"),
    );
  }
  repository.add(
    "refuses",
    floatConfig("wasm", DECOUPLED),
    wasm("(drop (call $response_error (i32.const 0) (i32.const 4) (i32.const 16) (i32.const 17)))"),
  );
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [IDENTITY_BACKEND, WASM_BACKEND],
  });
  // One after the other: two Python-based backends that load at once get the same region names from a server up to 24.03.
  for (const model of MODELS) await server.http.load(model);
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

async function expectOneAnswer(model: string, shape: number[]): Promise<void> {
  const answers = await server.grpc.inferStream(model, [floats("INPUT0", [1, 2, 3], shape)]);
  expect(answers).toHaveLength(1);
  expect(sameTensor(answers[0]!.outputs[0]!, floats("OUTPUT0", [1, 2, 3], shape))).toBe(true);
}

test("row 53: a decoupled identity model answers each request of a stream exactly once", async () => {
  for (let round = 0; round < 20; round++) await expectOneAnswer("identity", [3]);
  await Promise.all(Array.from({ length: 40 }, () => expectOneAnswer("batches", [1, 3])));
  for (const [model, requests] of [
    ["identity", 20],
    ["batches", 40],
  ] as const) {
    await until(`${requests} requests of ${model}`, async () => {
      const [{ inference_stats: stats }] = await server.http.modelStatistics(model);
      return stats.success.count === requests && stats.fail.count === 0;
    });
  }
});

test.each([
  ["trap", /the model trapped in triton_execute/],
  ["endless", /exceeded its wasm_execute_deadline_ms/],
  ["refuses", /said by the guest/],
])(
  "of a decoupled model, '%s' costs one request, and the same process serves the next",
  async (model, error) => {
    const stubs = server.stubPids();
    await expectOneAnswer(model, [3]);
    await expect(server.grpc.inferStream(model, [floats("INPUT0", [1, 2, 3])])).rejects.toThrow(
      error,
    );
    await expectOneAnswer(model, [3]);
    expect(server.stubPids()).toEqual(stubs);
  },
);

test("a stopped guest of a decoupled model costs one request also when its tensor has made the region grow", async () => {
  const large = floats("INPUT0", Array(1_000_000).fill(1));
  const ask = () => server.grpc.inferStream("large", [large]);
  expect(await ask()).toHaveLength(1);
  await expect(ask()).rejects.toThrow("exceeded its wasm_execute_deadline_ms");
  expect(await ask()).toHaveLength(1);
});

test("decoupled models unload and leave nothing behind", async () => {
  for (const model of MODELS) await server.http.unload(model);
  await until("no stub", () => server.stubs().length === 0);
  await until("no region", () => server.regions().length === 0);
});
