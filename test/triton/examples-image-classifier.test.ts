import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Instance } from "../support/triton/instance.js";
import { TritonServer } from "../support/triton/server.js";
import { sameTensor, type Tensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const STEPS = ["image_normalize", "resnet50", "top_k"];
const PIPELINE = "image_classifier";
/** Mean and deviation of ImageNet, for red, green and blue. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];
/** The network has ten levels of each colour. */
const LEVELS = Array.from({ length: 10 }, (_, level) => level);
/** Bytes of a normalised image. */
const TENSOR_BYTES = 3 * 224 * 224 * 4;

/** The class of a plain colour: its nearest level of red, green and blue. */
function classOf(colour: readonly number[]): number {
  const nearest = colour.map((byte, channel) => {
    const value = (byte / 255 - MEAN[channel]!) / DEVIATION[channel]!;
    const distances = LEVELS.map((level) => Math.abs(value - (level / 2 - 2.25)));
    return distances.indexOf(Math.min(...distances));
  });
  return nearest.reduce((sum, level) => 10 * sum + level, 0);
}

/** One image of 5 × 3 pixels for each colour. */
function images(colours: readonly (readonly number[])[]): Tensor {
  const bytes = Uint8Array.from(colours.flatMap((colour) => Array(15).fill(colour).flat()));
  return { name: "IMAGE", datatype: "UINT8", shape: [colours.length, 5, 3, 3], bytes };
}

const COLOURS = [
  [255, 255, 255],
  [0, 0, 0],
  [200, 30, 90],
];

describe.each(["23.12", "24.08", "24.10"])("the example image_classifier on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    const examples = join(projectFolder(), "examples");
    server = await TritonServer.start({
      release,
      modelRepository: [join(examples, "processing"), join(examples, "python_backend")],
      loadModels: [PIPELINE, ...STEPS],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const output = (outputs: readonly Tensor[], name: string) =>
    outputs.find((tensor) => tensor.name === name)!;

  test("answers as its three models do one after the other", async () => {
    const { http } = server;
    const image = images(COLOURS);
    const [tensor] = (await http.infer("image_normalize", [image])).outputs;
    const network = [{ ...tensor!, name: "INPUT" }];
    const [scores] = (await http.infer("resnet50", network, { outputs: ["OUTPUT"] })).outputs;
    const logits = [{ ...scores!, name: "LOGITS" }];
    for (const parameters of [{}, { k: 3 }]) {
      const wanted = (await http.infer("top_k", logits, { parameters })).outputs;
      const { outputs } = await http.infer(PIPELINE, [image], { parameters });
      expect(outputs).toHaveLength(2);
      for (const one of wanted) expect(sameTensor(output(outputs, one.name), one)).toBe(true);
    }
  });

  test("finds the class of each image", async () => {
    const { outputs } = await server.http.infer(PIPELINE, [images(COLOURS)], {
      parameters: { k: 1 },
      outputs: ["CLASSES"],
    });
    expect(outputs[0]).toMatchObject({ name: "CLASSES", datatype: "INT64", shape: [3, 1] });
    const classes = new BigInt64Array(Uint8Array.from(outputs[0]!.bytes).buffer);
    expect([...classes].map(Number)).toEqual(COLOURS.map(classOf));
  });

  test("has a large tensor once in its region, although two of its models use it", async () => {
    const instance = new Instance(server, PIPELINE);
    const before = instance.regionBytes;
    await server.http.infer(PIPELINE, [images(Array(8).fill(COLOURS[2]))]);
    const grown = instance.regionBytes - before;
    expect(grown).toBeGreaterThan(7 * TENSOR_BYTES);
    expect(grown).toBeLessThan(12 * TENSOR_BYTES);
  });

  test("passes the error of each model on, and leaves nothing behind", async () => {
    const { http } = server;
    const instance = new Instance(server, PIPELINE);
    const empty: Tensor = { ...images([]), shape: [1, 0, 3, 3] };
    const round = async () => {
      expect(await http.inferError(PIPELINE, [empty])).toMatch(
        /IMAGE has the shape \[1, 0, 3, 3\]/,
      );
      const tooMany = { parameters: { k: 1001 } };
      expect(await http.inferError(PIPELINE, [images(COLOURS)], tooMany)).toMatch(
        /parameter k is Int\(1001\): it must be an integer from 0 to 1000/,
      );
      const text = { parameters: { k: "five" } };
      expect(await http.inferError(PIPELINE, [images(COLOURS)], text)).toBe(
        "parameter k must be an integer",
      );
      await http.unload("resnet50");
      expect(await http.inferError(PIPELINE, [images(COLOURS)])).toMatch(/resnet50/);
      await http.load("resnet50");
      await http.infer(PIPELINE, [images(COLOURS)]);
    };
    await round();
    const before = await instance.settledBytes();
    await round();
    expect(await instance.settledBytes()).toBe(before);
  });
});
