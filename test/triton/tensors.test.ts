import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Random } from "../support/random.js";
import { tritonInstallation } from "../support/triton/artifacts.js";
import { randomTensor } from "../support/triton/random-tensors.js";
import { ModelRepository, type PairConfig, pairsConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import {
  configName,
  DATATYPE_NAMES,
  type Datatype,
  sameTensor,
  type Tensor,
} from "../support/triton/tensors.js";
import { IDENTITY_BACKEND, identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

const MAX_RANK = 8;
const TENSORS = 10_000;
const LARGEST_BYTES = 64 * 1024 * 1024;
const PLAIN = "plain_through_wasm";
const BATCHING = "batching_through_identity";
const SEED = 20231200;

/**
 * One optional pair per datatype and rank: any mix of tensors fits into one request. Triton knows a tensor without
 * dimensions only in batching models, as one element reshaped to none.
 */
function everyTensorPairs(lowestRank: number): PairConfig[] {
  return DATATYPE_NAMES.flatMap((datatype, type) =>
    Array.from({ length: MAX_RANK + 1 - lowestRank }, (_, step) => step + lowestRank).map(
      (rank) => ({
        index: pairIndex(type, rank),
        type: configName(datatype),
        dims: rank === 0 ? [1] : Array<number>(rank).fill(-1),
        both: rank === 0 ? "reshape { shape: [] }" : "",
        input: "optional: true",
      }),
    ),
  );
}

function pairIndex(type: number, rank: number): number {
  return type * (MAX_RANK + 1) + rank;
}

describe("10,000 random tensors of every datatype, rank and size", () => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    await tritonInstallation();
    repository.add(PLAIN, pairsConfig("wasm", everyTensorPairs(1)), {
      "model.wasm": identityModule(),
    });
    repository.add(BATCHING, pairsConfig("identity", everyTensorPairs(0), { maxBatchSize: 8 }));
    server = await TritonServer.start({
      modelRepository: repository.folder,
      backends: [WASM_BACKEND, IDENTITY_BACKEND],
    });
    // One after the other: the harness gives both backends one prefix, and each counts its regions from 1.
    for (const model of [PLAIN, BATCHING]) await server.http.load(model);
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  test("come back byte for byte through HTTP and gRPC from both backends", async () => {
    const random = new Random(SEED);
    const seen = new Set<string>();
    let bytes = 0;
    for (let sent = 0, turn = 0; sent < TENSORS; turn++) {
      const model = turn % 2 === 0 ? PLAIN : BATCHING;
      const client = turn % 3 === 0 ? server.grpc : server.http;
      const count = Math.min(1 + (turn % 9), TENSORS - sent);
      const inputs = requestTensors(random, count, model === BATCHING);
      const outputs = inputs.map(({ name }) => name.replace("INPUT", "OUTPUT"));
      const answer = await client.infer(model, inputs, { outputs });
      expectSame(inputs, answer.outputs);
      for (const { name, bytes: data } of inputs) {
        seen.add(`${model} ${name}`);
        bytes += data.length;
      }
      sent += inputs.length;
    }
    // The plain model has ranks 1 to 8, the batching one 0 to 8.
    expect(seen.size).toBe(DATATYPE_NAMES.length * (2 * MAX_RANK + 1));
    expect(bytes).toBeGreaterThan(LARGEST_BYTES);
  }, 1_800_000);
});

/** Tensors for one request, no pair twice. A batching model gets a batch of one. */
function requestTensors(random: Random, count: number, batching: boolean): Tensor[] {
  const tensors = new Map<string, Tensor>();
  while (tensors.size < count) {
    const type = random.below(DATATYPE_NAMES.length);
    const lowestRank = batching ? 0 : 1;
    const rank = lowestRank + random.below(MAX_RANK + 1 - lowestRank);
    const name = `INPUT${pairIndex(type, rank)}`;
    const datatype = DATATYPE_NAMES[type] as Datatype;
    const { shape, bytes } = randomTensor(random, datatype, rank, LARGEST_BYTES);
    // On the client's wire a tensor without dimensions has its one element's.
    const dims = rank === 0 ? [1] : shape;
    tensors.set(name, { name, datatype, shape: batching ? [1, ...dims] : dims, bytes });
  }
  return [...tensors.values()];
}

function expectSame(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  expect(outputs.length).toBe(inputs.length);
  const byName = new Map(outputs.map((output) => [output.name, output]));
  for (const input of inputs) {
    const name = input.name.replace("INPUT", "OUTPUT");
    const output = byName.get(name);
    if (output === undefined || !sameTensor({ ...input, name }, output)) {
      throw new Error(
        `${input.name} ${input.datatype} [${input.shape}] of ${input.bytes.length} bytes came back as ` +
          `${output === undefined ? "nothing" : `${output.datatype} [${output.shape}] of ${output.bytes.length} bytes`}`,
      );
    }
  }
}
