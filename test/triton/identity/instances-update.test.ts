import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { fastestOf, timesByInstance } from "./instance-times.js";

const DELAYS =
  parameter("execute_delay_ms", "100") + parameter("instance_wise_delay_multiplier", "4");
const CREATION = parameter("creation_delay_sec", "1");

const repository = new ModelRepository();
let server: TritonServer;

/** Puts a model with so many instances into the repository. */
function put(model: string, count: number, extra = ""): void {
  repository.add(model, floatConfig("identity", `${extra} ${instances(count)}`, 4));
}

beforeAll(async () => {
  put("grows", 1, DELAYS);
  put("waits", 1, CREATION);
  put("shrinks", 2);
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: ["grows", "waits", "shrinks"],
    backends: IDENTITY_BACKENDS,
    logVerbose: 1,
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config"],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

/** Process ids of the model's instances. */
const stubsOf = (model: string) =>
  server
    .stubs()
    .filter(({ commandLine }) => commandLine.some((word) => word.includes(`/${model}/1/`)))
    .map(({ pid }) => pid);

/** Loads a model of which only the number of instances has changed: the server keeps those that it has. */
async function update(model: string, count: number, extra = ""): Promise<void> {
  const before = stubsOf(model);
  put(model, count, extra);
  await server.http.load(model);
  await until(`${count} instances of ${model}`, () => stubsOf(model).length === count);
  const kept = stubsOf(model).filter((pid) => before.includes(pid));
  expect(kept).toHaveLength(Math.min(before.length, count));
}

test("row 30: instances that are added to a loaded model get the next ids", async () => {
  await update("grows", 3, DELAYS);
  const below = [400, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [zero, one, two] = fastestOf(await timesByInstance(server, "grows", below));
  expect(zero).toBeGreaterThanOrEqual(100);
  expect(zero).toBeLessThan(400);
  expect(one).toBeGreaterThanOrEqual(400);
  expect(two).toBeGreaterThanOrEqual(800);
});

test("row 17: instances that are added to a loaded model do not wait for its creation again", async () => {
  const lines = () => server.log().split(/waits_0.*\] Creation delay is set to: 1\n/).length - 1;
  expect(lines()).toBe(1);
  await update("waits", 3, CREATION);
  expect(lines()).toBe(1);
});

test("row 65: the counter outlives the instances that are taken from a loaded model", async () => {
  const count = async (value: number) => {
    await server.http.infer("shrinks", [floats("INPUT0", [1], [1, 1])]);
    const line = `input_byte_size_counter{model="shrinks",version="1"} ${value}\n`;
    await until(line, async () => (await server.http.metrics()).includes(line));
  };
  await count(4);
  await update("shrinks", 1);
  await count(8);
  await count(12);
});
