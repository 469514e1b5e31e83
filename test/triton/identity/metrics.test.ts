import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { instances, pairsConfig, parameter } from "../../support/triton/repository.js";
import { floats, type Tensor } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { instancesOf } from "./instance-times.js";
import {
  batchesOf,
  CLIENTS,
  errorOf,
  expectCounts,
  expectInputBytes,
  expectNoRoom,
  IdentityServer,
  INPUT_BYTES,
  inferTogether,
  integers,
  metricLines,
  metricOf,
  raw,
  strings,
} from "./support.js";

const FLOATS = { index: 0, type: "TYPE_FP32", dims: [-1] };

/** Pairs of which all inputs but the first are optional. */
const PAIRS = [
  { index: 0, type: "TYPE_INT32", dims: [-1] },
  { index: 1, type: "TYPE_STRING", dims: [-1], input: "optional: true" },
  { index: 2, type: "TYPE_FP64", dims: [2], input: "optional: true" },
];

const MODELS = {
  untouched: pairsConfig("identity", [FLOATS]),
  identity_uint32: pairsConfig("identity", [{ index: 0, type: "TYPE_UINT32", dims: [-1] }], {
    maxBatchSize: 8,
    extra: batchesOf(8),
  }),
  batching: pairsConfig("identity", [FLOATS], { maxBatchSize: 8 }),
  pairs: pairsConfig("identity", PAIRS),
  chosen: pairsConfig("identity", PAIRS),
  fails: pairsConfig("identity", [FLOATS]),
  three: pairsConfig("identity", [FLOATS], {
    extra: `${instances(3)} ${parameter("execute_delay_ms", "400")}`,
  }),
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS, { logVerbose: 1 });
});
afterAll(() => server?.stop());

const number = integers("INPUT0", [1, 2, 3]);
const text = strings("INPUT1", ["", "four", "é"]);
const TEXT_BYTES = 3 * 4 + 0 + 4 + 2;
const double = raw("INPUT2", "FP64", [2], new Uint8Array(16));

describe("the counter of input bytes", () => {
  test("row 63: is one family with its help text, whatever the number of models", async () => {
    const lines = (await server.triton.http.metrics()).split("\n");
    expect(lines.filter((line) => line.startsWith("#") && line.includes(INPUT_BYTES))).toEqual([
      "# HELP input_byte_size_counter Cumulative input byte size of all requests received by the model",
      "# TYPE input_byte_size_counter counter",
    ]);
  });

  test("rows 64, 65: is there with 0 before the first request, one line for each model", async () => {
    const lines = await metricLines(server.triton, INPUT_BYTES);
    expect(lines).toContain('input_byte_size_counter{model="untouched",version="1"} 0');
    const models = lines.map((line) => /\{model="(\w+)",version="1"\} \d+$/.exec(line)?.[1]);
    expect(models.sort()).toEqual(Object.keys(MODELS).sort());
  });

  test("rows 64, 68: shows 64 after four requests of [2,2] UINT32 in one batch", async () => {
    const input = raw("INPUT0", "UINT32", [2, 2], new Uint8Array(16).fill(9));
    const requests = Array.from({ length: 4 }, () => [[input]] as const);
    await inferTogether(server.triton, "identity_uint32", requests);
    const counts = { success: 4, failure: 0, inferences: 8, executions: 1, batches: { 8: 1 } };
    await expectCounts(server.triton, "identity_uint32", counts);
    const line = 'input_byte_size_counter{model="identity_uint32",version="1"} 64';
    await until(line, async () => (await metricLines(server.triton, INPUT_BYTES)).includes(line));
  });

  test("row 66: grows by the bytes of the whole batch, and by none for an empty tensor", async () => {
    let counted = 0;
    for (const client of CLIENTS) {
      for (const shape of [
        [1, 5],
        [8, 5],
        [4, 0],
        [1, 1],
      ] as const) {
        const values = Array<number>(shape[0] * shape[1]).fill(1);
        await server.triton[client].infer("batching", [floats("INPUT0", values, [...shape])]);
        counted += 4 * values.length;
        await expectInputBytes(server.triton, "batching", counted);
      }
    }
  });

  test("row 66: grows by every output that has its input, BYTES with their length prefixes", async () => {
    let counted = 0;
    for (const client of CLIENTS) {
      await server.triton[client].infer("pairs", [number, text, double]);
      counted += 12 + TEXT_BYTES + 16;
      await expectInputBytes(server.triton, "pairs", counted);
    }
  });

  test("row 67: does not count inputs whose output is not requested, nor missing ones", async () => {
    let counted = 0;
    const send = async (inputs: Tensor[], outputs: string[], bytes: number) => {
      for (const client of CLIENTS) {
        await server.triton[client].infer("chosen", inputs, { outputs });
        counted += bytes;
        await expectInputBytes(server.triton, "chosen", counted);
      }
    };
    await send([number, text, double], ["OUTPUT1"], TEXT_BYTES);
    await send([number, text, double], ["OUTPUT2", "OUTPUT0"], 16 + 12);
    await send([number], ["OUTPUT0", "OUTPUT2"], 12);
    await send([number], ["OUTPUT2"], 0);
    // Nothing was under way that the last expectation was too early for.
    await send([number, text], ["OUTPUT1"], TEXT_BYTES);
  });

  test("row 66: keeps what it has counted when the output then has no room", async () => {
    await expectNoRoom(server.triton, "fails");
    await expectInputBytes(server.triton, "fails", 16);
  });

  test("row 67: does not count a request that the server itself refuses", async () => {
    const before = await metricOf(server.triton, INPUT_BYTES, "untouched");
    expect(await errorOf(server.triton.http.infer("untouched", [number]))).toContain("INPUT0");
    await server.triton.http.infer("fails", [floats("INPUT0", [1])]);
    expect(await metricOf(server.triton, INPUT_BYTES, "untouched")).toBe(before);
  });

  test("rows 64, 66: is one figure for all instances of a model", async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `of-three-${index}`);
    const requests = ids.map((id, index) => {
      const input = floats("INPUT0", Array<number>(index + 1).fill(index));
      return [[input], { id }] as const;
    });
    await inferTogether(server.triton, "three", requests);
    // More than one instance has counted.
    expect(new Set(await instancesOf(server.triton, ids)).size).toBeGreaterThan(1);
    await expectInputBytes(server.triton, "three", 4 * 45);
    const lines = await metricLines(server.triton, INPUT_BYTES);
    expect(lines.filter((line) => line.includes('"three"'))).toHaveLength(1);
  });
});
