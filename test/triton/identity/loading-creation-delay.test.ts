import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { addFixture, withParameter } from "./fixtures.js";

const SLOW = "identity_zero_1_int32";
const SLOW_SECONDS = 15;
/** Far longer than a load takes otherwise, however busy the machine is. */
const DELAY_SECONDS = 10;

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const delay = parameter("creation_delay_sec", String(DELAY_SECONDS));
  repository.add("three_instances", floatConfig("identity", `${delay} ${instances(3)}`));
  repository.add(
    "two_versions",
    floatConfig("identity", `${delay} ${instances(3)} version_policy { all { } }`),
  );
  mkdirSync(join(repository.folder, "two_versions", "2"));
  addFixture(repository, SLOW, withParameter("creation_delay_sec", SLOW_SECONDS));
  addFixture(repository, "plain_fp32");
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: IDENTITY_BACKENDS,
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config"],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

/** The lines in which the backend says that it waits. */
function delayLines(model: string): string[] {
  return server
    .log()
    .split("\n")
    .filter((line) => line.includes(`${model}_0`) && line.includes("Creation delay"));
}

async function loadSeconds(model: string): Promise<number> {
  const begin = performance.now();
  await server.http.load(model);
  return (performance.now() - begin) / 1000;
}

test("row 17: creation_delay_sec blocks the load once, not once per instance, and an info line says so", async () => {
  const seconds = await loadSeconds("three_instances");
  expect(server.stubs()).toHaveLength(3);
  expect(seconds).toBeGreaterThanOrEqual(DELAY_SECONDS);
  expect(seconds).toBeLessThan(2 * DELAY_SECONDS);
  const lines = delayLines("three_instances");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^I\d{4} .*\] Creation delay is set to: 10$/);
  await server.http.unload("three_instances");
});

test("row 17: each version of a model waits for itself, two of them at the same time", async () => {
  const seconds = await loadSeconds("two_versions");
  expect(seconds).toBeGreaterThanOrEqual(DELAY_SECONDS);
  expect(seconds).toBeLessThan(2 * DELAY_SECONDS);
  expect(delayLines("two_versions")).toHaveLength(2);
  for (const version of ["1", "2"]) {
    expect(await server.http.modelReady("two_versions", version)).toBe(true);
  }
  await server.http.unload("two_versions");
});

test("row 17: while a model waits, others load, serve and unload, and its counter does not exist yet", async () => {
  let loaded = false;
  const load = server.http.load(SLOW).then(() => {
    loaded = true;
  });
  await until("the line of the delay", () => delayLines(SLOW).length === 1);
  await server.http.load("plain_fp32");
  const { outputs } = await server.http.infer("plain_fp32", [floats("INPUT0", [1, 2], [1, 2])]);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [1, 2], [1, 2]))).toBe(true);
  const metrics = await server.http.metrics();
  await server.http.unload("plain_fp32");
  expect(await server.http.modelReady(SLOW)).toBe(false);
  expect(loaded).toBe(false);
  expect(metrics).toContain('input_byte_size_counter{model="plain_fp32",version="1"} 8');
  expect(metrics).not.toContain(`input_byte_size_counter{model="${SLOW}"`);
  await load;
  expect(await server.http.metrics()).toContain(
    `input_byte_size_counter{model="${SLOW}",version="1"} 0`,
  );
});
