import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { unload } from "../support/triton/unload.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

interface Best {
  readonly class: number;
  readonly probability: number;
}

/** All classes of a row with their softmax, best first. */
function ranking(row: readonly number[]): Best[] {
  const largest = Math.max(...row);
  const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return row
    .map((logit, index) => ({ class: index, probability: Math.exp(logit - largest) / sum }))
    .sort((a, b) => row[b.class]! - row[a.class]! || a.class - b.class);
}

describe.each(["23.12", "24.10"])("the example top_k on %s", (release) => {
  const random = new Random(3);
  let server: TritonServer;
  let config: object;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: join(projectFolder(), "examples/processing"),
      loadModels: ["top_k"],
      backends: [WASM_BACKEND],
    });
    config = await server.http.modelConfig("top_k");
  });

  afterAll(async () => {
    expect(await server?.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const logits = (count: number) =>
    Array.from({ length: count }, () => Math.fround(random.fraction() * 20 - 10));

  async function expectBest(
    rows: readonly number[][],
    k: number,
    parameters: Record<string, number> = {},
  ): Promise<void> {
    const shape = [rows.length, rows[0]!.length];
    const input = floats("LOGITS", rows.flat(), shape);
    const { outputs } = await server.http.infer("top_k", [input], { parameters });
    const probabilities = outputs.find(({ name }) => name === "PROBABILITIES");
    const classes = outputs.find(({ name }) => name === "CLASSES");
    expect(probabilities).toMatchObject({ datatype: "FP32", shape: [rows.length, k] });
    expect(classes).toMatchObject({ datatype: "INT64", shape: [rows.length, k] });
    const expected = rows.flatMap((row) => ranking(row).slice(0, k));
    const indexes = new BigInt64Array(Uint8Array.from(classes!.bytes).buffer);
    expect([...indexes].map(Number)).toEqual(expected.map((best) => best.class));
    const values = new Float32Array(Uint8Array.from(probabilities!.bytes).buffer);
    expected.forEach(({ probability }, at) => {
      expect(Math.abs(values[at]! - probability)).toBeLessThanOrEqual(1e-7 + 1e-6 * probability);
    });
  }

  test.each([
    [1, 1, 1],
    [1, 7, 3],
    [3, 7, 7],
    [64, 33, 2],
    [5, 1001, 10],
    [2, 50_257, 40],
    [2, 5, 0],
  ])("ranks %d rows of %d classes, k = %d", async (rows, classes, k) => {
    await expectBest(
      Array.from({ length: rows }, () => logits(classes)),
      k,
      { k },
    );
  });

  test("takes k from the model's parameters", async () => {
    await expectBest([logits(20)], 5);
    await expectBest([logits(3)], 3);
  });

  test("answers rows without classes", async () => {
    await expectBest([[]], 0);
    await expectBest([[], [], []], 0);
  });

  test("ranks equal, large and infinite logits", async () => {
    await expectBest([[1, 3, 3, 1, 3]], 5);
    await expectBest([[3e38, -3e38, 1000, 999]], 4, { k: 4 });
    await expectBest([[5, Number.NEGATIVE_INFINITY, 4]], 3, { k: 3 });
  });

  test("gives one output alone", async () => {
    const input = floats("LOGITS", [1, 4, 2], [1, 3]);
    const { outputs } = await server.http.infer("top_k", [input], {
      parameters: { k: 1 },
      outputs: ["CLASSES"],
    });
    expect(outputs.map(({ name }) => name)).toEqual(["CLASSES"]);
    expect(new BigInt64Array(Uint8Array.from(outputs[0]!.bytes).buffer)[0]).toBe(1n);
  });

  test.each<[string, string | number | boolean, string]>([
    ["larger than the classes", 4, "Int(4)"],
    ["negative", -1, "Int(-1)"],
    ["a text", "2", 'String("2")'],
    ["a bool", true, "Bool(true)"],
  ])("refuses a k that is %s, and serves on", async (_, k, quoted) => {
    const input = floats("LOGITS", [1, 2, 3], [1, 3]);
    const text = `parameter k is ${quoted}: it must be an integer from 0 to 3, the number of classes`;
    expect(await server.http.inferError("top_k", [input], { parameters: { k } })).toBe(text);
    await expectBest([logits(4)], 2, { k: 2 });
  });

  test("one bad request of a batch fails alone", async () => {
    const batching = { preferred_batch_size: [4], max_queue_delay_microseconds: 30_000_000 };
    await server.http.load("top_k", { ...config, dynamic_batching: batching });
    const bad = server.http.inferError("top_k", [floats("LOGITS", logits(6), [1, 6])], {
      parameters: { k: 7 },
    });
    await Promise.all([1, 2, 3].map((k) => expectBest([logits(6)], k, { k })));
    expect(await bad).toContain("parameter k is Int(7)");
    const [statistics] = await server.http.modelStatistics("top_k");
    expect(Number(statistics.execution_count)).toBe(1);
  });

  test.each([
    ["five", /model parameter k is 'five': it must be a whole number/],
    ["-3", /model parameter k is '-3': it must be a whole number/],
  ])("does not load with the model parameter k = %s", async (k, error) => {
    await unload(server, "top_k");
    const parameters = { k: { string_value: k } };
    expect(await server.http.loadError("top_k", { ...config, parameters })).toMatch(error);
  });
});
