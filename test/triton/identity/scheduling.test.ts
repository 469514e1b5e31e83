import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { tritonInstallation } from "../../support/triton/artifacts.js";
import type { InferOptions } from "../../support/triton/http-client.js";
import { instances, pairsConfig, parameter } from "../../support/triton/repository.js";
import { floats, type Tensor } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  countsOf,
  errorOf,
  eventually,
  expectCounts,
  expectInputBytes,
  expectOutputs,
  IdentityServer,
  inferTogether,
  integers,
  outputOf,
  strings,
} from "./support.js";

const DELAY_MS = 800;
/** One after the other, four of them take longer than four at once on the busiest machine. */
const LONG_DELAY_MS = 3_000;

const FLOATS = { index: 0, type: "TYPE_FP32", dims: [-1] };
const TWO_FLOATS = { index: 0, type: "TYPE_FP32", dims: [2] };
const RAGGED = { ...FLOATS, input: "allow_ragged_batch: true" };
const INTEGER = { index: 0, type: "TYPE_INT32", dims: [1] };
const delay = (ms: number) => parameter("execute_delay_ms", String(ms));

const SEQUENCES = `sequence_batching { direct {} max_sequence_idle_microseconds: 30000000
  control_input [ { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [0, 1] } ] } ] }`;

/** The control is declared as an input, too, so that an output can go with it. */
const NUMBERED_CONTROLS = `sequence_batching { oldest { max_candidate_sequences: 4 }
  max_sequence_idle_microseconds: 30000000
  control_input [
    { name: "INPUT1" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [10, 11] } ] },
    { name: "INPUT2" control [ { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_UINT64 } ] } ] }`;

/** A and TEXT run side by side through a model each, then A once more. */
const ENSEMBLE = `platform: "ensemble"
max_batch_size: 8
input [ { name: "A" data_type: TYPE_FP32 dims: [-1] }, { name: "TEXT" data_type: TYPE_STRING dims: [-1] } ]
output [ { name: "B" data_type: TYPE_FP32 dims: [-1] }, { name: "COPY" data_type: TYPE_STRING dims: [-1] } ]
ensemble_scheduling { step [
  { model_name: "step" model_version: -1
    input_map { key: "INPUT0" value: "A" } output_map { key: "OUTPUT0" value: "MIDDLE" } },
  { model_name: "text_step" model_version: -1
    input_map { key: "INPUT0" value: "TEXT" } output_map { key: "OUTPUT0" value: "COPY" } },
  { model_name: "step" model_version: -1
    input_map { key: "INPUT0" value: "MIDDLE" } output_map { key: "OUTPUT0" value: "B" } } ] }`;

const MODELS = {
  preferred: pairsConfig("identity", [TWO_FLOATS], { maxBatchSize: 8, extra: batchesOf(6) }),
  ragged: pairsConfig("identity", [RAGGED], { maxBatchSize: 8, extra: batchesOf(4) }),
  one_instance: pairsConfig("identity", [FLOATS], { extra: delay(DELAY_MS) }),
  four_instances: pairsConfig("identity", [FLOATS], {
    extra: `${delay(LONG_DELAY_MS)} ${instances(4)}`,
  }),
  sequences: pairsConfig("identity", [INTEGER], { maxBatchSize: 4, extra: SEQUENCES }),
  numbered_controls: pairsConfig(
    "identity",
    [
      INTEGER,
      { ...INTEGER, index: 1, input: "optional: true" },
      { ...INTEGER, index: 2, type: "TYPE_UINT64", input: "optional: true" },
    ],
    { maxBatchSize: 4, extra: NUMBERED_CONTROLS },
  ),
  cached: pairsConfig("identity", [FLOATS, { ...FLOATS, index: 1, type: "TYPE_STRING" }], {
    extra: "response_cache { enable: true }",
  }),
  step: pairsConfig("identity", [FLOATS], { maxBatchSize: 8 }),
  text_step: pairsConfig("identity", [{ ...FLOATS, type: "TYPE_STRING" }], { maxBatchSize: 8 }),
  ensemble: ENSEMBLE,
};

let server: IdentityServer;

beforeAll(async () => {
  const { binary } = await tritonInstallation();
  const caches = join(dirname(dirname(binary)), "caches");
  server = await IdentityServer.start(MODELS, {
    args: ["--cache-config=local,size=1048576", `--cache-directory=${caches}`],
  });
});
afterAll(() => server?.stop());

describe("instances", () => {
  const input = floats("INPUT0", [1]);

  /** Milliseconds that four requests at once take. */
  async function fourAtOnce(model: string): Promise<number> {
    const begin = Date.now();
    await inferTogether(server.triton, model, Array(4).fill([[input]]));
    return Date.now() - begin;
  }

  test("row 31: one instance executes one batch at a time", async () => {
    expect(await fourAtOnce("one_instance")).toBeGreaterThanOrEqual(4 * DELAY_MS);
  });

  test("row 31: different instances execute at the same time", async () => {
    expect(await fourAtOnce("four_instances")).toBeLessThan(4 * LONG_DELAY_MS);
  });
});

describe("the dynamic batcher", () => {
  test("rows 34, 72: brings requests together to preferred sizes, and each gets its own items", async () => {
    const inputs = [1, 2, 3].map((batch) =>
      floats(
        "INPUT0",
        Array.from({ length: batch * 2 }, (_, at) => batch * 100 + at),
        [batch, 2],
      ),
    );
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      const requests = inputs.map((input) => [[input]] as const);
      const answers = await inferTogether(server.triton, "preferred", requests);
      for (const [index, input] of inputs.entries()) {
        expectOutputs(answers[index]!, [outputOf(input)]);
      }
    }
    await expectCounts(server.triton, "preferred", {
      success: 3 * rounds,
      failure: 0,
      inferences: 6 * rounds,
      executions: rounds,
      batches: { 6: rounds },
    });
  });

  test("rows 34, 38: brings requests of different shapes into one batch when the input may be ragged", async () => {
    const lengths = [5, 1, 0, 70_000];
    const inputs = lengths.map((length) =>
      floats(
        "INPUT0",
        Array.from({ length }, (_, at) => length + at),
        [1, length],
      ),
    );
    const requests = inputs.map((input) => [[input]] as const);
    const answers = await inferTogether(server.triton, "ragged", requests);
    for (const [index, input] of inputs.entries())
      expectOutputs(answers[index]!, [outputOf(input)]);
    const counts = { success: 4, failure: 0, inferences: 4, executions: 1, batches: { 4: 1 } };
    await expectCounts(server.triton, "ragged", counts);
  });
});

describe.each(CLIENTS)("the sequence batcher over %s", (client) => {
  const infer = (model: string, input: Tensor, parameters: InferOptions["parameters"] = {}) =>
    server.triton[client].infer(model, [input], { parameters });

  test("row 52: serves sequences, and control inputs that no pair has change nothing", async () => {
    const before = await countsOf(server.triton, "sequences");
    const steps = [0, 1, 2, 3].map((step) => integers("INPUT0", [step * 7], [1, 1]));
    for (const [step, input] of steps.entries()) {
      for (const sequence_id of [101, 102]) {
        const answer = await infer("sequences", input, {
          sequence_id,
          sequence_start: step === 0,
          sequence_end: step === 3,
        });
        expectOutputs(answer, [outputOf(input)]);
      }
    }
    const error = await errorOf(infer("sequences", steps[0]!));
    expect(error).toContain("must specify a non-zero or non-empty correlation ID");
    // The direct strategy fills the slots of other sequences up: batches may be larger than what was sent.
    const summary = async () => {
      const { success, failure, inferences } = await countsOf(server.triton, "sequences");
      return { success, failure, inferences };
    };
    const total = before.success + 8;
    await eventually(summary, { success: total, failure: 0, inferences: total });
    await expectInputBytes(server.triton, "sequences", total * 4);
  });

  test("row 52: a control with the name of an input is an ordinary input with an output", async () => {
    for (const [step, started] of [11, 10, 10].entries()) {
      const input = integers("INPUT0", [step], [1, 1]);
      const answer = await infer("numbered_controls", input, {
        sequence_id: 300,
        sequence_start: step === 0,
        sequence_end: step === 2,
      });
      const id = new Uint8Array(BigUint64Array.of(300n).buffer);
      expectOutputs(answer, [
        outputOf(input),
        integers("OUTPUT1", [started], [1, 1]),
        { name: "OUTPUT2", datatype: "UINT64", shape: [1, 1], bytes: id },
      ]);
    }
  });
});

test.each(CLIENTS)(
  "rows 38, 72: a response cache in front answers the second of two equal requests over %s",
  async (client) => {
    const before = await countsOf(server.triton, "cached");
    const infer = (text: string) => {
      const inputs = [floats("INPUT0", [1, 2, 3]), strings("INPUT1", [client, text, ""])];
      return server.triton[client]
        .infer("cached", inputs)
        .then((answer) => expectOutputs(answer, inputs.map(outputOf)));
    };
    const expectAfter = (success: number, executions: number) =>
      expectCounts(server.triton, "cached", {
        success: before.success + success,
        failure: 0,
        inferences: before.executions + executions,
        executions: before.executions + executions,
        batches: { 1: before.executions + executions },
      });
    await infer("one");
    await expectAfter(1, 1);
    await infer("one");
    await expectAfter(2, 1);
    await infer("other");
    await expectAfter(3, 2);
    await infer("one");
    await expectAfter(4, 2);
  },
);

test.each(CLIENTS)(
  "rows 38, 41: identity models are the steps of an ensemble over %s",
  async (client) => {
    const inputs = [
      floats("A", [1, 2, 3, 4, 5, 6], [2, 3]),
      strings("TEXT", ["", "a\0b", "é", "x".repeat(5000)], [2, 2]),
    ];
    const before = await countsOf(server.triton, "step");
    const answer = await server.triton[client].infer("ensemble", inputs);
    // The server names an ensemble's outputs in no certain order.
    const outputs = [...answer.outputs].sort((one, other) => (one.name < other.name ? -1 : 1));
    expectOutputs({ ...answer, outputs }, [
      { ...inputs[0]!, name: "B" },
      { ...inputs[1]!, name: "COPY" },
    ]);
    await expectCounts(server.triton, "step", {
      success: before.success + 2,
      failure: 0,
      inferences: before.inferences + 4,
      executions: before.executions + 2,
      batches: { 2: before.executions + 2 },
    });
  },
);
