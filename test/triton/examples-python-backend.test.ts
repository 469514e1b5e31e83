import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, type Tensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const MODELS = [
  "add_sub",
  "batch_auto_complete",
  "custom_metrics",
  "nobatch_auto_complete",
  "resnet50",
];

const PIXELS = 224 * 224;

/** What NVIDIA's client of its example auto_complete expects. */
const tensors = (prefix: string) =>
  [0, 1].map((index) =>
    expect.objectContaining({ name: `${prefix}${index}`, data_type: "TYPE_FP32", dims: ["4"] }),
  );

describe.each(["23.12", "24.10"])("examples of NVIDIA's Python backend on %s", (release) => {
  const random = new Random(17);
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: join(projectFolder(), "examples/python_backend"),
      loadModels: MODELS,
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
  });

  const numbers = (count: number) =>
    Array.from({ length: count }, () => Math.fround(random.fraction()));

  /** Sends what NVIDIA's clients send: two vectors without a dimension for batches, an id, and both outputs by name. */
  async function expectSumAndDifference(model: string, shape: readonly number[]): Promise<void> {
    const count = shape.reduce((product, dim) => product * dim, 1);
    const [left, right] = [numbers(count), numbers(count)];
    const inputs = [floats("INPUT0", left, [...shape]), floats("INPUT1", right, [...shape])];
    const options = { id: "1", outputs: ["OUTPUT0", "OUTPUT1"] };
    const { outputs, id } = await server.http.infer(model, inputs, options);
    expect(id).toBe("1");
    expect(outputs.map(({ name, shape, datatype }) => ({ name, shape, datatype }))).toEqual(
      options.outputs.map((name) => ({ name, shape, datatype: "FP32" })),
    );
    expect(floatsOf(outputs[0]!)).toEqual(left.map((value, at) => Math.fround(value + right[at]!)));
    expect(floatsOf(outputs[1]!)).toEqual(left.map((value, at) => Math.fround(value - right[at]!)));
  }

  test.each(["add_sub", "custom_metrics", "nobatch_auto_complete"])(
    "%s adds and subtracts four numbers",
    (model) => expectSumAndDifference(model, [4]),
  );

  test("add_sub refuses five numbers", async () => {
    const inputs = [floats("INPUT0", numbers(5)), floats("INPUT1", numbers(5))];
    expect(await server.http.inferError("add_sub", inputs)).toContain("unexpected shape");
  });

  test.each([
    ["nobatch_auto_complete", 0, undefined],
    ["batch_auto_complete", 4, expect.anything()],
  ])("auto_complete: %s completes its configuration", async (model, batchSize, batching) => {
    const config = await server.http.modelConfig(model);
    expect(config.max_batch_size).toBe(batchSize);
    expect(JSON.parse(JSON.stringify(config.input), stringDims)).toEqual(tensors("INPUT"));
    expect(JSON.parse(JSON.stringify(config.output), stringDims)).toEqual(tensors("OUTPUT"));
    expect(config.dynamic_batching).toEqual(batching);
  });

  test("auto_complete: the model with batches answers batches", async () => {
    await expectSumAndDifference("batch_auto_complete", [1, 4]);
    await expectSumAndDifference("batch_auto_complete", [4, 4]);
    const inputs = [floats("INPUT0", numbers(20), [5, 4]), floats("INPUT1", numbers(20), [5, 4])];
    expect(await server.http.inferError("batch_auto_complete", inputs)).toContain("<= 4");
  });

  test.each(["nobatch_auto_complete", "batch_auto_complete"])(
    "auto_complete: %s keeps the tensors that config.pbtxt has",
    async (model) => {
      const tensor = (name: string) => ({ name, data_type: "TYPE_FP32", dims: ["-1"] });
      const input = [tensor("INPUT0"), tensor("INPUT1")];
      await server.http.load(model, { backend: "wasm", input });
      const config = await server.http.modelConfig(model);
      expect(JSON.parse(JSON.stringify(config.input), stringDims)).toEqual(
        input.map((member) => expect.objectContaining(member)),
      );
      expect(JSON.parse(JSON.stringify(config.output), stringDims)).toEqual(tensors("OUTPUT"));
      await server.http.load(model, { backend: "wasm" });
    },
  );

  test("custom_metrics has the counter that NVIDIA's client looks for, in three instances", async () => {
    expect((await server.http.modelConfig("custom_metrics")).instance_group[0].count).toBe(3);
    await expectSumAndDifference("custom_metrics", [4]);
    const metrics = await server.http.metrics();
    expect(metrics).toContain(
      "# HELP requests_process_latency_ns Cumulative time spent processing requests\n" +
        "# TYPE requests_process_latency_ns counter\n",
    );
    expect(metrics).toMatch(
      /^requests_process_latency_ns\{model="custom_metrics",version="1"\} \d+/m,
    );
    await server.waitForLog(/All requests together took \d+ ns/);
  });

  test("instance_kind: resnet50 logs the kind of its instance", async () => {
    await server.waitForLog(/instance resnet50_0_0 has the kind CPU/);
    const config = await server.http.modelConfig("resnet50");
    const from = server.log().length;
    const group = { name: "anywhere", kind: "KIND_MODEL", count: 1 };
    await server.http.load("resnet50", { ...config, instance_group: [group] });
    await server.waitForLog(/instance anywhere_0 has the kind MODEL/, from);
  });

  test.each([1, 3])(
    "instance_kind: resnet50 classifies %d images by their mean",
    async (images) => {
      // Means on the levels 1.25, -0.75 and 0.25, and on others.
      const levels = [7, 3, 5, 0, 9, 4, 2, 2, 8].slice(0, images * 3);
      const values = levels.flatMap((level) => {
        const mean = level / 2 - 2.25 + 0.1;
        return Array.from({ length: PIXELS }, (_, at) => mean + (at % 2 === 0 ? 0.5 : -0.5));
      });
      const input = floats("INPUT", values, [images, 3, 224, 224]);
      const { outputs } = await server.http.infer("resnet50", [input], { outputs: ["OUTPUT"] });
      expect(outputs[0]).toMatchObject({ shape: [images, 1000], datatype: "FP32" });
      const scores = floatsOf(outputs[0]!);
      for (let image = 0; image < images; image++) {
        const row = scores.slice(image * 1000, (image + 1) * 1000);
        const [r, g, b] = levels.slice(image * 3, image * 3 + 3) as [number, number, number];
        expect(row.indexOf(Math.max(...row))).toBe(r * 100 + g * 10 + b);
        // The distance to each level is 0.1 in each channel.
        expect(Math.max(...row)).toBeCloseTo(-0.03, 5);
      }
    },
  );

  test("no model has trapped", async () => {
    await until("the server's metrics", async () =>
      (await server.http.metrics()).includes('nv_inference_count{model="resnet50"'),
    );
    expect(await server.http.metrics()).not.toContain("wasm_guest_traps_total{");
  });
});

/** Servers write a dimension as a number or as a text. */
function stringDims(key: string, value: unknown): unknown {
  return key === "dims" ? (value as unknown[]).map(String) : value;
}

function floatsOf({ bytes }: Tensor): number[] {
  return [...new Float32Array(Uint8Array.from(bytes).buffer)];
}
