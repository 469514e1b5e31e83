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
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { addFixture } from "./fixtures.js";
import { fastestOf, instancesOf, timesByInstance } from "./instance-times.js";

const BATCHER = "batcher_two_instances";
const delays = (milliseconds: number, multiplier?: number) =>
  parameter("execute_delay_ms", String(milliseconds)) +
  (multiplier === undefined ? "" : parameter("instance_wise_delay_multiplier", String(multiplier)));
const ALL_VERSIONS = "version_policy { all { } }";
const BATCHES_OF_FOUR =
  "dynamic_batching { preferred_batch_size: [4] max_queue_delay_microseconds: 30000000 }";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const add = (model: string, ...extra: string[]) =>
    repository.add(model, floatConfig("identity", extra.join("\n"), 4));
  addFixture(repository, BATCHER);
  add(
    "two_groups",
    delays(100, 4),
    'instance_group [ { name: "one" kind: KIND_CPU }, { name: "two" kind: KIND_CPU count: 2 } ]',
  );
  add("two_versions", delays(100, 600), ALL_VERSIONS);
  mkdirSync(join(repository.folder, "two_versions", "2"));
  add("no_multiplier", delays(100), instances(2));
  add("multiplier_zero", delays(100, 0), instances(2));
  add("two_at_once", delays(5_000), instances(2));
  add("one_by_one", delays(600), instances(1));
  add("batch_of_four", delays(3_000), BATCHES_OF_FOUR);
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: IDENTITY_BACKENDS,
    logVerbose: 1,
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config", "--model-load-thread-count=8"],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

const infer = (model: string, id: string, version?: string) =>
  server.http.infer(model, [floats("INPUT0", [1], [1, 1])], {
    id,
    ...(version === undefined ? {} : { version }),
  });

async function computeNanoseconds(model: string, requests: number): Promise<number> {
  const { ns } = await until(`${requests} counted requests of ${model}`, async () => {
    const [statistics] = await server.http.modelStatistics(model);
    const { compute_infer } = statistics.inference_stats;
    return compute_infer.count === requests && compute_infer;
  });
  return ns;
}

test("row 32: with multiplier 4 the second instance takes 400 ms, the first 100, counted as compute time", async () => {
  const times = await timesByInstance(server, BATCHER, [400, Number.POSITIVE_INFINITY]);
  const [first, second] = [times.get(`${BATCHER}_0_0`)!, times.get(`${BATCHER}_0_1`)!];
  expect(first[0]).toBeGreaterThanOrEqual(100);
  expect(first[0]).toBeLessThan(400);
  expect(second[0]).toBeGreaterThanOrEqual(400);
  const spent = await computeNanoseconds(BATCHER, first.length + second.length);
  expect(spent).toBeGreaterThanOrEqual((first.length * 100 + second.length * 400) * 1e6);
});

test.each(["no_multiplier", "multiplier_zero"])(
  "row 32: all instances take the same time: '%s'",
  async (model) => {
    for (const fastest of fastestOf(await timesByInstance(server, model, [400, 400]))) {
      expect(fastest).toBeGreaterThanOrEqual(100);
      expect(fastest).toBeLessThan(400);
    }
  },
);

test("row 32: the delay is one per batch, not one per request", async () => {
  const begin = performance.now();
  await Promise.all(["a", "b", "c", "d"].map((id) => infer("batch_of_four", `four-${id}`)));
  const taken = performance.now() - begin;
  await until("one execution of four requests", async () => {
    const [statistics] = await server.http.modelStatistics("batch_of_four");
    return statistics.execution_count === 1 && statistics.inference_count === 4;
  });
  expect(taken).toBeGreaterThanOrEqual(3_000);
  expect(taken).toBeLessThan(4 * 3_000);
});

test("row 30: the instances of all groups have the ids 0, 1 and 2", async () => {
  const below = [400, 800, Number.POSITIVE_INFINITY];
  // Which of them has which id is left open: instances are created at the same time.
  const [zero, one, two] = fastestOf(await timesByInstance(server, "two_groups", below));
  expect(zero).toBeGreaterThanOrEqual(100);
  expect(zero).toBeLessThan(400);
  expect(one).toBeGreaterThanOrEqual(400);
  expect(one).toBeLessThan(800);
  expect(two).toBeGreaterThanOrEqual(800);
});

test("rows 30, 32: ids begin with 0 in each version of a model", async () => {
  for (const version of ["1", "2"]) {
    const begin = performance.now();
    await infer("two_versions", `version-${version}`, version);
    const taken = performance.now() - begin;
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThan(600 * 100);
  }
});

test("row 31: two instances execute at the same time", async () => {
  const ids = ["at-once-0", "at-once-1"];
  let answers = 0;
  const requests = ids.map((id) => infer("two_at_once", id).then(() => answers++));
  const executing = /model two_at_once, instance (two_at_once_0_[01]), executing 1 requests/g;
  await until("two executions that have begun", () => {
    const begun = [...server.log().matchAll(executing)].map(([, instance]) => instance);
    return new Set(begun).size === 2;
  });
  expect(answers).toBe(0);
  await Promise.all(requests);
  expect(new Set(await instancesOf(server, ids)).size).toBe(2);
});

test("row 31: one instance executes one batch after the other", async () => {
  const begin = performance.now();
  await Promise.all(["one", "two", "three"].map((id) => infer("one_by_one", `in-turn-${id}`)));
  expect(performance.now() - begin).toBeGreaterThanOrEqual(3 * 600);
});
