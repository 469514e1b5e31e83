import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { expectRefusal, unequalConfig } from "./refusals.js";

const DELAY = "execute_delay_ms";
const MULTIPLIER = "instance_wise_delay_multiplier";
const CREATION = "creation_delay_sec";
/** Would make a load take longer than any test. */
const LONG_CREATION = parameter(CREATION, "600");

const WITH_DELAY = parameter(DELAY, "1");
const FLOAT_TO_INT = unequalConfig(["INPUT0"], [{ name: "OUTPUT0", type: "TYPE_INT32" }]);

interface Case {
  readonly title: string;
  readonly config: string;
  /** What the refusal names. */
  readonly words: readonly string[];
}

const badNumber = (key: string, value: string, extra = ""): Case => ({
  title: `row 20: ${key} '${value}' is refused at load`,
  config: floatConfig("identity", `${extra} ${parameter(key, value)}`),
  words: [`'${key}'`, `'${value}'`],
});

const CASES: readonly Case[] = [
  ...["abc", "-1", "99999999999", ""].map((value) => badNumber(DELAY, value)),
  ...["abc", "99999999999", ""].map((value) => badNumber(MULTIPLIER, value, WITH_DELAY)),
  ...["abc", "-1", "99999999999", ""].map((value) => badNumber(CREATION, value)),
  ...[DELAY, CREATION].map((key) => ({
    title: `row 21: ${key} without a string_value is refused at load`,
    config: floatConfig("identity", `parameters { key: "${key}" }`),
    words: [`'${key}'`],
  })),
  {
    title: `row 21: ${MULTIPLIER} without a string_value is refused at load`,
    config: floatConfig("identity", `${WITH_DELAY} parameters { key: "${MULTIPLIER}" value { } }`),
    words: [`'${MULTIPLIER}'`],
  },
  {
    title: "rows 8, 20: pairs are checked before parameters",
    config: `${FLOAT_TO_INT} ${parameter(DELAY, "abc")} ${LONG_CREATION}`,
    words: ["datatype to match, got TYPE_FP32 and TYPE_INT32"],
  },
  {
    title: "rows 18, 20: the parameters of the execution are checked before the creation delay",
    config: floatConfig("identity", `${parameter(CREATION, "abc")} ${parameter(DELAY, "soon")}`),
    words: [`'${DELAY}'`, "'soon'"],
  },
  {
    title: "rows 17, 19: a refusal does not wait for the creation delay",
    config: floatConfig(
      "identity",
      `${LONG_CREATION} ${WITH_DELAY} ${parameter(MULTIPLIER, "often")}`,
    ),
    words: [`'${MULTIPLIER}'`, "'often'"],
  },
];

const repository = new ModelRepository();
const answers = new Map<string, string | undefined>();
let server: TritonServer;

beforeAll(async () => {
  CASES.forEach(({ config }, index) => {
    repository.add(`refused_${index}`, config);
  });
  repository.add("delayed", floatConfig("identity", parameter(DELAY, "300")));
  repository.add("lone_multiplier", floatConfig("identity", parameter(MULTIPLIER, "abc")));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: IDENTITY_BACKENDS,
    loadModels: ["delayed", "lone_multiplier"],
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config", "--model-load-thread-count=8"],
  });
  await Promise.all(
    CASES.map(async (_, index) => {
      const model = `refused_${index}`;
      answers.set(model, await server.http.loadError(model));
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

test.each(CASES.map((each, index) => ({ ...each, index })))("$title", ({ words, index }) => {
  const model = `refused_${index}`;
  for (const word of words) expectRefusal(server, model, answers.get(model), word);
});

async function milliseconds(model: string): Promise<number> {
  const begin = performance.now();
  await server.http.infer(model, [floats("INPUT0", [1])]);
  return performance.now() - begin;
}

test("row 18: execute_delay_ms is what the configuration says when the model is loaded", async () => {
  expect(await milliseconds("delayed")).toBeGreaterThanOrEqual(300);
  // Another value in the repository changes nothing before the model is loaded again.
  repository.add("delayed", floatConfig("identity", parameter(DELAY, "1200")));
  await until("an answer in less than 1200 ms", async () => (await milliseconds("delayed")) < 1200);
  await server.http.load("delayed");
  expect(await milliseconds("delayed")).toBeGreaterThanOrEqual(1200);
});

test("row 19: instance_wise_delay_multiplier is not read without execute_delay_ms", async () => {
  expect(await server.http.modelReady("lone_multiplier", "1")).toBe(true);
  const { parameters } = await server.http.modelConfig("lone_multiplier");
  expect(parameters[MULTIPLIER]).toEqual({ string_value: "abc" });
});
