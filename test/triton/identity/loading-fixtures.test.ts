import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ModelRepository } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import {
  DATATYPES,
  type Datatype,
  encodeBytes,
  sameTensor,
  type Tensor,
} from "../../support/triton/tensors.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { addFixture, FIXTURES, withParameter } from "./fixtures.js";

const GPU = "identity_zero_1_int32_gpu";
const LOADED = FIXTURES.filter((fixture) => fixture !== GPU);
const ENSEMBLES = LOADED.filter((fixture) => fixture.startsWith("optional_ensemble_"));
/** A request takes 6 to 10 s in these. */
const SLOW = LOADED.filter((fixture) => fixture.startsWith("cancellation_"));

const parameters = (values: Record<string, string>) => ({
  parameters: Object.fromEntries(
    Object.entries(values).map(([key, string_value]) => [key, { string_value }]),
  ),
});
const TRACED = { execute_delay_ms: "500", enable_custom_tracing: "true" };

/** What NVIDIA's QA sets, with the rows that it is about. */
const SETTINGS: readonly (readonly [rows: string, fixture: string, settings: object])[] = [
  [
    "rows 14, 15",
    "identity_nobatch_int8",
    { max_batch_size: 0, input: [{ data_type: "TYPE_INT8" }] },
  ],
  ["row 14", "identity_bytes", { input: [{ data_type: "TYPE_STRING", dims: [-1] }] }],
  ["row 14", "identity_bf16", { input: [{ data_type: "TYPE_BF16", dims: [-1] }] }],
  [
    "row 15",
    "identity_uint32",
    {
      max_batch_size: 8,
      dynamic_batching: { preferred_batch_size: [8], max_queue_delay_microseconds: 3_000_000 },
    },
  ],
  [
    "row 13",
    "optional_identity",
    {
      input: [{ optional: true }, { optional: true }],
      dynamic_batching: { preferred_batch_size: [4], max_queue_delay_microseconds: 5_000_000 },
    },
  ],
  [
    "rows 15, 24",
    "identity_zero_1_int32",
    { max_batch_size: 0, input: [{ dims: [-1] }], instance_group: [{ kind: "KIND_CPU" }] },
  ],
  ["row 18", "metrics_delay", parameters({ execute_delay_ms: "2000" })],
  [
    "row 18",
    "metrics_cache_on",
    { response_cache: { enable: true }, ...parameters({ execute_delay_ms: "2000" }) },
  ],
  ["rows 15, 22", "trace_custom", { max_batch_size: 1024, ...parameters(TRACED) }],
  [
    "row 22",
    "trace_nested",
    parameters({ ...TRACED, nested_span_count: "6", single_activity_frequency: "3" }),
  ],
  [
    "rows 19, 24",
    "batcher_two_instances",
    {
      instance_group: [{ kind: "KIND_CPU", count: 2 }],
      ...parameters({ execute_delay_ms: "100", instance_wise_delay_multiplier: "4" }),
    },
  ],
  ["row 18", "cancellation_plain", parameters({ execute_delay_ms: "10000" })],
  [
    "row 18",
    "cancellation_sequence",
    { sequence_batching: {}, ...parameters({ execute_delay_ms: "6000" }) },
  ],
  [
    "row 18",
    "cancellation_dynamic",
    { dynamic_batching: {}, ...parameters({ execute_delay_ms: "6000" }) },
  ],
];

/** One request to each model but the slowest, and its answer. */
const exchanges = new Map<string, { inputs: readonly Tensor[]; outputs: readonly Tensor[] }>();
const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  for (const fixture of FIXTURES) {
    const shorten = fixture.startsWith("identity_zero_1_int32")
      ? withParameter("creation_delay_sec", 2)
      : undefined;
    addFixture(repository, fixture, shorten);
  }
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    waitFor: "live",
    backends: IDENTITY_BACKENDS,
    args: ["--exit-on-error=false", "--model-load-thread-count=16"],
  });
  // At once: some batchers wait for five seconds.
  await Promise.all(
    LOADED.filter((fixture) => !SLOW.includes(fixture)).map(async (model) => {
      const metadata = await server.http.modelMetadata(model);
      const inputs: Tensor[] = metadata.inputs.map(example);
      const { outputs } = await server.http.infer(model, inputs);
      exchanges.set(model, { inputs, outputs });
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** A tensor that fits the model's description. */
function example({ name, datatype, shape }: TensorMetadata): Tensor {
  const size = DATATYPES[datatype];
  return {
    name,
    datatype,
    shape: shape.map((dimension) => (dimension === -1 ? 1 : dimension)),
    bytes:
      size === undefined
        ? encodeBytes(["an example"])
        : Uint8Array.from({ length: size }, (_, index) => index + 1),
  };
}

test("rows 13, 14, 15, 16, 17, 18, 19, 22, 24: every configuration of NVIDIA's QA loads but those for a GPU", async () => {
  const states = (await server.http.index()).map(({ name, state }) => [name, state]);
  expect(Object.fromEntries(states)).toEqual(
    Object.fromEntries(
      FIXTURES.map((fixture) => [fixture, fixture === GPU ? "UNAVAILABLE" : "READY"]),
    ),
  );
});

test("row 25: the configuration for a GPU is refused, since there is none", async () => {
  const reason = "has kind KIND_GPU but no GPUs are available";
  const entry = (await server.http.index()).find(({ name }) => name === GPU);
  expect(entry?.reason).toContain(reason);
  expect(server.log()).toMatch(
    new RegExp(`^E\\d{4} .*failed to load '${GPU}' version 1: .*${reason}$`, "m"),
  );
});

test.each(SETTINGS)("%s: the server takes the settings of '%s'", async (_, fixture, settings) => {
  expect(await server.http.modelConfig(fixture)).toMatchObject(settings);
});

test("rows 14, 16, 38: each of them but the slowest answers with its inputs", () => {
  expect(exchanges.size).toBe(LOADED.length - SLOW.length);
  for (const [model, { inputs, outputs }] of exchanges) {
    for (const input of inputs) {
      const name = input.name.replace("INPUT", "OUTPUT");
      const output = outputs.find((candidate) => candidate.name === name);
      const same = output !== undefined && sameTensor(output, { ...input, name });
      expect({ model, same }).toEqual({ model, same: true });
    }
  }
});

test("row 44: an ensemble that feeds one of two optional inputs gets zeros for the other", () => {
  const { inputs, outputs } = exchanges.get("optional_ensemble_one")!;
  expect(inputs.map(({ name }) => name)).toEqual(["INPUT0"]);
  const zeros = outputs.find(({ name }) => name === "OUTPUT1");
  expect(zeros).toMatchObject({ datatype: "FP32", shape: [1, 1] });
  expect(Buffer.from(zeros!.bytes)).toEqual(Buffer.alloc(4));
});

test("row 23: each instance is announced by an info line, also by a server that is not verbose", () => {
  const log = server.log();
  for (const fixture of LOADED.filter((name) => !ENSEMBLES.includes(name))) {
    expect(log).toMatch(
      new RegExp(`^I\\d{4} .*ModelInstanceInitialize: ${fixture}(_\\d)+ \\(CPU device 0\\)$`, "m"),
    );
  }
});

test("rows 77, 81: custom tracing, which cannot be had here, is warned of once per model, and requests succeed", () => {
  for (const model of ["trace_custom", "trace_nested"]) {
    const warnings = server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("W") && line.includes("enable_custom_tracing"))
      .filter((line) => line.includes(`'${model}'`));
    expect(warnings).toHaveLength(1);
    expect(exchanges.get(model)?.outputs).toHaveLength(1);
  }
});
