import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pairsConfig } from "../../support/triton/repository.js";
import { floats, type Tensor } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  errorOf,
  expectCounts,
  expectInputBytes,
  expectOutputs,
  IdentityServer,
  inferTogether,
  outputOf,
  strings,
  zeros,
} from "./support.js";

/** Two optional inputs, as the server's own tests have them. */
const TWO = [0, 1].map((index) => ({
  index,
  type: "TYPE_FP32",
  dims: [1],
  input: "optional: true",
}));
const QUEUE = "dynamic_batching { preferred_batch_size: [4] max_queue_delay_microseconds: 500000 }";
const BYTES = [
  { index: 0, type: "TYPE_FP32", dims: [1] },
  { index: 1, type: "TYPE_STRING", dims: [1], input: "optional: true" },
];

/** Two steps of `steps`, one after the other; C and D are what A and B become. */
const ENSEMBLE = `platform: "ensemble"
max_batch_size: 4
input [ { name: "A" data_type: TYPE_FP32 dims: [1] optional: true },
        { name: "B" data_type: TYPE_FP32 dims: [1] optional: true } ]
output [ { name: "C" data_type: TYPE_FP32 dims: [1] }, { name: "D" data_type: TYPE_FP32 dims: [1] } ]
ensemble_scheduling { step [
  { model_name: "steps" model_version: -1
    input_map { key: "INPUT0" value: "A" } input_map { key: "INPUT1" value: "B" }
    output_map { key: "OUTPUT0" value: "MIDDLE0" } output_map { key: "OUTPUT1" value: "MIDDLE1" } },
  { model_name: "steps" model_version: -1
    input_map { key: "INPUT0" value: "MIDDLE1" } input_map { key: "INPUT1" value: "MIDDLE0" }
    output_map { key: "OUTPUT0" value: "D" } output_map { key: "OUTPUT1" value: "C" } } ] }`;

const MODELS = {
  same: pairsConfig("identity", TWO, { maxBatchSize: 4, extra: batchesOf(2) }),
  different: pairsConfig("identity", TWO, { maxBatchSize: 4, extra: QUEUE }),
  bytes: pairsConfig("identity", BYTES, { maxBatchSize: 4, extra: batchesOf(4) }),
  steps: pairsConfig("identity", TWO, { maxBatchSize: 4 }),
  ensemble: ENSEMBLE,
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS);
});
afterAll(() => server?.stop());

describe("optional inputs in batches", () => {
  const one = floats("INPUT0", [1], [1, 1]);
  const other = floats("INPUT1", [2], [1, 1]);

  test("row 75: requests that bring the same inputs are one batch", async () => {
    const answers = await inferTogether(server.triton, "same", [[[one]], [[one]]]);
    for (const answer of answers) {
      expectOutputs(answer, [outputOf(one), zeros("OUTPUT1", "FP32", [1, 1], 4)]);
    }
    const counts = { success: 2, failure: 0, inferences: 2, executions: 1, batches: { 2: 1 } };
    await expectCounts(server.triton, "same", counts);
    await expectInputBytes(server.triton, "same", 8);
  });

  test("row 75: requests that bring different inputs are a batch each", async () => {
    const wanted = [[one], [other], [one, other]];
    const answers = await inferTogether(
      server.triton,
      "different",
      wanted.map((inputs) => [inputs]),
    );
    const none = (name: string) => zeros(name, "FP32", [1, 1], 4);
    expectOutputs(answers[0]!, [outputOf(one), none("OUTPUT1")]);
    expectOutputs(answers[1]!, [none("OUTPUT0"), outputOf(other)]);
    expectOutputs(answers[2]!, [outputOf(one), outputOf(other)]);
    const counts = { success: 3, failure: 0, inferences: 3, executions: 3, batches: { 1: 3 } };
    await expectCounts(server.triton, "different", counts);
    await expectInputBytes(server.triton, "different", 16);
  });

  test("rows 44, 46: each request of a batch gets zeros, or its error, for itself", async () => {
    const input = (value: number) => floats("INPUT0", [value], [1, 1]);
    const { http } = server.triton;
    const [first, ...errors] = await Promise.all([
      http.infer("bytes", [input(1)], { outputs: ["OUTPUT0"] }),
      errorOf(http.infer("bytes", [input(2)], { outputs: ["OUTPUT0", "OUTPUT1"] })),
      errorOf(http.infer("bytes", [input(3)], { outputs: ["OUTPUT0"] })),
      errorOf(http.infer("bytes", [input(4)], { outputs: ["OUTPUT1"] })),
    ]);
    expectOutputs(first, [outputOf(input(1))]);
    const named = expect.stringContaining("optional input 'INPUT1'");
    expect(errors).toEqual([named, undefined, named]);
    const counts = { success: 2, failure: 2, inferences: 2, executions: 1, batches: { 4: 1 } };
    await expectCounts(server.triton, "bytes", counts);
    // A whole batch, which the server does not let wait for others.
    const whole = [floats("INPUT0", [5, 6, 7, 8], [4, 1]), strings("INPUT1", [..."wxyz"], [4, 1])];
    expectOutputs(await http.infer("bytes", whole), whole.map(outputOf));
  });
});

describe.each(CLIENTS)("optional inputs of an ensemble over %s", (client) => {
  const tensor = (name: string, ...values: number[]) => floats(name, values, [values.length, 1]);

  /** The server names an ensemble's outputs in no certain order. */
  async function expectEnsemble(inputs: Tensor[], outputs: Tensor[]): Promise<void> {
    const answer = await server.triton[client].infer("ensemble", inputs);
    const sorted = [...answer.outputs].sort((a, b) => (a.name < b.name ? -1 : 1));
    expectOutputs({ ...answer, outputs: sorted }, outputs);
  }

  test("rows 13, 44: what is missing goes through the steps as zeros", async () => {
    await expectEnsemble([tensor("A", 1, 2)], [tensor("C", 1, 2), tensor("D", 0, 0)]);
    await expectEnsemble([tensor("B", 3, 4, 5)], [tensor("C", 0, 0, 0), tensor("D", 3, 4, 5)]);
    await expectEnsemble([tensor("A", 6), tensor("B", 7)], [tensor("C", 6), tensor("D", 7)]);
  });
});
