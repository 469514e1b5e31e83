import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";

const MODEL = "reloaded";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  repository.add(MODEL, floatConfig("identity"));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: [MODEL],
    backends: IDENTITY_BACKENDS,
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

/** The figure on the metrics page; undefined without one. */
async function counted(): Promise<number | undefined> {
  const line = new RegExp(`^input_byte_size_counter{model="${MODEL}",version="1"} (\\d+)$`, "m");
  const figure = line.exec(await server.http.metrics())?.[1];
  return figure === undefined ? undefined : Number(figure);
}

/** Eight bytes, which the counter gets. */
async function expectCounted(): Promise<void> {
  const before = (await counted()) ?? Number.NaN;
  await server.http.infer(MODEL, [floats("INPUT0", [1, 2])]);
  await until(`${before + 8} counted bytes`, async () => (await counted()) === before + 8);
}

test("rows 64, 65: the counter goes on when a model is loaded again, and goes with the last one", async () => {
  await expectCounted();
  // The server loads the new one, then unloads the old one of the same name and version.
  for (const delay of ["1", "2"]) {
    const from = server.log().length;
    repository.add(MODEL, floatConfig("identity", parameter("execute_delay_ms", delay)));
    await server.http.load(MODEL);
    await server.waitForLog(/successfully unloaded 'reloaded' version 1/, from);
    for (let turn = 0; turn < 3; turn++) await expectCounted();
  }
  await server.http.unload(MODEL);
  await until("the counter's end", async () => (await counted()) === undefined);
  await server.http.load(MODEL);
  expect(await counted()).toBe(0);
});
