import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { IDENTITY_BACKEND, identityModule, WASM_BACKEND } from "./guests.js";
import { tritonInstallation } from "./harness/artifacts.js";
import { randomTensor, seededRandom } from "./harness/random-tensors.js";
import { TritonServer } from "./harness/server.js";
import {
  configName,
  DATATYPE_NAMES,
  type Datatype,
  sameTensor,
  type Tensor,
} from "./harness/tensors.js";
import { ModelRepository, type PairConfig, pairsConfig } from "./repository.js";

const MAX_RANK = 8;
const TENSORS = 10_000;
const LARGEST_BYTES = 64 * 1024 * 1024;
const SEED = 20231200;

/** One optional pair per datatype and rank: any mix of tensors fits into one request. */
function everyTensorPairs(): PairConfig[] {
  return DATATYPE_NAMES.flatMap((datatype, type) =>
    Array.from({ length: MAX_RANK + 1 }, (_, rank) => ({
      index: pairIndex(type, rank),
      type: configName(datatype),
      // Triton has no configuration for a scalar but one element reshaped to none.
      dims: rank === 0 ? [1] : Array<number>(rank).fill(-1),
      both: rank === 0 ? "reshape { shape: [] }" : "",
      input: "optional: true",
    })),
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
    const pairs = everyTensorPairs();
    repository.add("through_wasm", pairsConfig("wasm", pairs), { "model.wasm": identityModule() });
    repository.add("through_identity", pairsConfig("identity", pairs));
    server = await TritonServer.start({
      modelRepository: repository.folder,
      mode: "none",
      backends: [WASM_BACKEND, IDENTITY_BACKEND],
    });
  }, 300_000);

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  test("come back byte for byte through HTTP and gRPC from both backends", async () => {
    const random = seededRandom(SEED);
    const seen = new Set<string>();
    let bytes = 0;
    for (let sent = 0, turn = 0; sent < TENSORS; turn++) {
      const inputs = requestTensors(random, Math.min(1 + (turn % 9), TENSORS - sent));
      const client = turn % 3 === 0 ? server.grpc : server.http;
      const model = turn % 2 === 0 ? "through_wasm" : "through_identity";
      const outputs = inputs.map(({ name }) => name.replace("INPUT", "OUTPUT"));
      const answer = await client.infer(model, inputs, { outputs });
      expectSame(inputs, answer.outputs);
      for (const { datatype, shape, bytes: data } of inputs) {
        seen.add(`${datatype} ${shape.length}`);
        bytes += data.length;
      }
      sent += inputs.length;
    }
    expect(seen.size).toBe(DATATYPE_NAMES.length * (MAX_RANK + 1));
    expect(bytes).toBeGreaterThan(LARGEST_BYTES);
  }, 600_000);
});

/** Tensors for one request, no pair twice; now and then a large one alone. */
function requestTensors(random: () => number, count: number): Tensor[] {
  const tensors = new Map<string, Tensor>();
  while (tensors.size < count) {
    const type = Math.floor(random() * DATATYPE_NAMES.length);
    const rank = Math.floor(random() * (MAX_RANK + 1));
    const name = `INPUT${pairIndex(type, rank)}`;
    const datatype = DATATYPE_NAMES[type] as Datatype;
    const { shape, bytes } = randomTensor(random, datatype, rank, LARGEST_BYTES);
    // On the wire of the client a scalar is one element; the model sees no dimension.
    tensors.set(name, { name, datatype, shape: rank === 0 ? [1] : shape, bytes });
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
