import { statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { Random } from "../../support/random.js";
import { randomTensor } from "../../support/triton/random-tensors.js";
import type { TritonServer } from "../../support/triton/server.js";
import { DATATYPE_NAMES, floats, type Tensor } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import {
  CLIENTS,
  expectInputBytes,
  expectOutputs,
  inferTogether,
  outputOf,
} from "../identity/support.js";
import type { Check } from "./check.js";

const LARGE_BYTES = 3 * 1024 * 1024;
/** Each would make the region grow again, were the one before not given back. */
const STEADY_TURNS = 20;
const UINT8 = DATATYPE_NAMES.indexOf("UINT8");
const FP32 = DATATYPE_NAMES.indexOf("FP32");

/** One small random tensor of each datatype, of two dimensions. */
function oneOfEach(seed: number): Tensor[] {
  const random = new Random(seed);
  return DATATYPE_NAMES.map((datatype, index) => ({
    name: `INPUT${index}`,
    datatype,
    ...randomTensor(random, datatype, 2, 4096),
  }));
}

async function expectEcho(
  server: TritonServer,
  client: (typeof CLIENTS)[number],
  model: string,
  inputs: readonly Tensor[],
): Promise<void> {
  const wanted = inputs.map(outputOf);
  const options = { outputs: wanted.map(({ name }) => name) };
  const { outputs, ...answer } = await server[client].infer(model, inputs, options);
  const ordered = wanted.flatMap(({ name }) => outputs.filter((output) => output.name === name));
  expectOutputs({ ...answer, outputs: ordered }, wanted);
  expect(outputs).toHaveLength(wanted.length);
}

function regionBytes(server: TritonServer): number {
  return server
    .regions()
    .map((region) => statSync(join("/dev/shm", region)).size)
    .reduce((sum, bytes) => sum + bytes, 0);
}

export const TENSOR_CHECKS: readonly Check[] = [
  {
    name: "every datatype through HTTP and gRPC, with and without a batch dimension, in two backends",
    async run(server) {
      for (const [seed, client] of CLIENTS.entries()) {
        await expectEcho(server, client, "plain", oneOfEach(seed));
        const batched = oneOfEach(seed + 2).map(({ shape, ...tensor }) => ({
          ...tensor,
          shape: [1, ...shape],
        }));
        await expectEcho(server, client, "batching", batched);
      }
    },
  },
  {
    name: "several requests in one execution",
    async run(server) {
      const inputs = [10, 20, 30, 40].map((value) => floats("INPUT0", [value], [1, 1]));
      // The guest refuses the second and the fourth of a batch; alone, each would be a first one.
      const answers = await Promise.allSettled(
        inputs.map((input) => server.http.infer("refuse_odd", [input])),
      );
      const good = answers.flatMap((answer, index) =>
        answer.status === "fulfilled" ? [[answer.value, inputs[index]!] as const] : [],
      );
      expect(good).toHaveLength(2);
      for (const [answer, input] of good) expectOutputs(answer, [outputOf(input)]);
    },
  },
  {
    name: "the custom metric",
    async run(server) {
      const regions = server.regions().length;
      await server.http.load("cycles");
      await expectInputBytes(server, "cycles", 0);
      const input = floats("INPUT0", [1, 2, 3]);
      await inferTogether(server, "cycles", [[[input]], [[input]]]);
      await expectInputBytes(server, "cycles", 24);
      await server.http.unload("cycles");
      await expectInputBytes(server, "cycles", undefined);
      // The stub removes its region after its metrics. The next check measures all regions.
      await until("the end of the instance", () => server.regions().length === regions);
    },
  },
  {
    name: "growth of the region",
    async run(server) {
      const before = regionBytes(server);
      const large = {
        name: `INPUT${UINT8}`,
        datatype: "UINT8",
        shape: [2, LARGE_BYTES / 2],
        bytes: new Uint8Array(LARGE_BYTES).fill(7),
      } as const;
      for (const client of CLIENTS) await expectEcho(server, client, "plain", [large]);
      const grown = regionBytes(server);
      // The response names the bytes of the request.
      expect(grown).toBeGreaterThanOrEqual(before + LARGE_BYTES);
      for (let turn = 0; turn < STEADY_TURNS; turn++) {
        await expectEcho(server, "http", "plain", [
          floats(`INPUT${FP32}`, [turn, -turn], [1, 2]),
          large,
        ]);
      }
      expect(regionBytes(server)).toBe(grown);
    },
  },
];
