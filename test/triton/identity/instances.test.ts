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
import { addFixture } from "./fixtures.js";

const BATCHER = "batcher_two_instances";
const GPU = "instance_group [ { kind: KIND_GPU } ]";
const NO_GPU = "has kind KIND_GPU but no GPUs are available";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const add = (model: string, ...extra: string[]) =>
    repository.add(model, floatConfig("identity", extra.join("\n")));
  addFixture(repository, BATCHER);
  add("four", instances(4));
  add(
    "groups",
    'instance_group [ { name: "few" kind: KIND_CPU }, { name: "more" kind: KIND_CPU count: 2 } ]',
  );
  add("kind_model", "instance_group [ { kind: KIND_MODEL count: 2 } ]");
  add("no_kind", "instance_group [ { count: 2 } ]");
  add("default");
  add("gpu", GPU);
  add("becomes_gpu");
  add("parallel", instances(3), parameter("creation_delay_sec", "10"));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: [BATCHER, "four", "groups", "kind_model", "no_kind", "default", "becomes_gpu"],
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

async function expectEcho(model: string): Promise<void> {
  const { outputs } = await server.http.infer(model, [floats("INPUT0", [1, 2])]);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [1, 2]))).toBe(true);
}

/** Names of the instances that the server has said to initialise on the CPU. */
function initialised(model: string): string[] {
  const lines = /^I\d{4} .*TRITONBACKEND_ModelInstanceInitialize: (\S+) \(CPU device 0\)$/gm;
  return [...server.log().matchAll(lines)]
    .map(([, instance]) => instance!)
    .filter((instance) => instance.startsWith(`${model}_`))
    .sort();
}

test("row 23: versions, the backend's settings, each model, its configuration and each instance are logged", async () => {
  const log = server.log();
  expect(log).toMatch(/^I\d{4} .*'identity' TRITONBACKEND API version: \d+\.\d+$/m);
  const settings = /^I\d{4} .*backend configuration:\n(\{.*\})$/m.exec(log);
  expect(JSON.parse(settings![1]!).cmdline).toMatchObject({ "auto-complete-config": "false" });
  expect(log).toMatch(
    /^I\d{4} .*TRITONBACKEND_ModelInitialize: batcher_two_instances \(version 1\)$/m,
  );
  expect(log).toContain(`${repository.folder}/${BATCHER}/1/`);
  const printed = [...log.matchAll(/^I\d{4} .*model configuration:\n(\{\n[\s\S]*?\n\})$/gm)]
    .map(([, json]) => JSON.parse(json!))
    .find(({ name }) => name === BATCHER);
  expect(printed).toEqual(await server.http.modelConfig(BATCHER));
  expect(initialised(BATCHER)).toEqual([`${BATCHER}_0_0`, `${BATCHER}_0_1`]);
});

test("row 24: any number of instances on the CPU, in one group or in several", async () => {
  expect(initialised("four")).toEqual([0, 1, 2, 3].map((number) => `four_0_${number}`));
  await expectEcho("four");
  await expectEcho("groups");
  const stubs = server
    .stubs()
    .filter(({ commandLine }) => commandLine.some((word) => word.includes("/groups/1/")));
  const names = stubs.map(({ commandLine }) =>
    commandLine.find((word) => /^(few|more)_\d$/.test(word)),
  );
  expect(names.sort()).toEqual(["few_0", "more_0", "more_1"]);
});

test("row 25: instances on a GPU are refused by a server without one, in its answer and in its log", async () => {
  expect(await server.http.loadError("gpu")).toContain(
    `version 1 is at UNAVAILABLE state: Invalid argument: instance group gpu_0 of model gpu ${NO_GPU}`,
  );
  await server.waitForLog(
    new RegExp(`^E\\d{4} .*failed to load 'gpu' version 1: Invalid argument: .*${NO_GPU}$`, "m"),
  );
  expect(initialised("gpu")).toEqual([]);
});

test("row 25: the loaded version of a model stays when its instances are to move to a GPU", async () => {
  await expectEcho("becomes_gpu");
  repository.add("becomes_gpu", floatConfig("identity", GPU));
  expect(await server.http.loadError("becomes_gpu")).toContain(NO_GPU);
  expect(await server.http.modelReady("becomes_gpu", "1")).toBe(true);
  await expectEcho("becomes_gpu");
});

test("row 27: KIND_MODEL is accepted, since the server is built for GPUs", async () => {
  const { instance_group } = await server.http.modelConfig("kind_model");
  expect(instance_group).toMatchObject([{ kind: "KIND_MODEL", count: 2 }]);
  expect(server.log()).toMatch(/ModelInstanceInitialize: kind_model_0_1 \(MODEL device 0\)/);
  await expectEcho("kind_model");
});

test("row 28: without an instance group, or without its kind, the server's default applies", async () => {
  const one = await server.http.modelConfig("default");
  expect(one.instance_group).toMatchObject([{ kind: "KIND_CPU", count: 1 }]);
  await expectEcho("default");
  const two = await server.http.modelConfig("no_kind");
  expect(two.instance_group).toMatchObject([{ kind: "KIND_CPU", count: 2 }]);
  await expectEcho("no_kind");
});

test("row 29: instances are created in parallel: two are done while the first still waits", async () => {
  let loaded = false;
  const load = server.http.load("parallel").then(() => {
    loaded = true;
  });
  const done = /instance initialization successful parallel_0_(\d) /g;
  const others = await until("two instances that are done", () => {
    const numbers = [...server.log().matchAll(done)].map(([, number]) => number!);
    return numbers.length >= 2 && numbers.sort();
  });
  expect(loaded).toBe(false);
  expect(others).toEqual(["1", "2"]);
  expect(initialised("parallel")).toHaveLength(3);
  await load;
  await expectEcho("parallel");
});
