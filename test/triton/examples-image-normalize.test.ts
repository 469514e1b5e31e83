import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { TritonServer } from "../support/triton/server.js";
import type { Tensor } from "../support/triton/tensors.js";
import { unload } from "../support/triton/unload.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const CHANNELS = 3;

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Rows and weights along one axis: the edges of both images are the same lines. */
function taps(index: number, from: number, to: number): readonly [number, number][] {
  const at = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
  const first = Math.floor(at);
  return [
    [first, 1 - (at - first)],
    [Math.min(first + 1, from - 1), at - first],
  ];
}

/** The value of one pixel and channel, as the weighted sum of four bytes. */
function expectedAt(image: Uint8Array, from: Size, to: Size, y: number, x: number, c: number) {
  let value = 0;
  for (const [row, rowWeight] of taps(y, from.rows, to.rows)) {
    for (const [column, columnWeight] of taps(x, from.columns, to.columns)) {
      value += image[(row * from.columns + column) * CHANNELS + c]! * rowWeight * columnWeight;
    }
  }
  return (value / 255 - MEAN[c]!) / STD[c]!;
}

describe.each(["23.12", "24.10"])("the example image_normalize on %s", (release) => {
  const random = new Random(5);
  let server: TritonServer;
  let config: Record<string, object>;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: join(projectFolder(), "examples/processing"),
      loadModels: ["image_normalize"],
      backends: [WASM_BACKEND],
    });
    config = await server.http.modelConfig("image_normalize");
  });

  afterAll(async () => {
    expect(await server?.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  function randomImages(images: number, { rows, columns }: Size): Tensor {
    const bytes = new Uint8Array(images * rows * columns * CHANNELS);
    random.fill(bytes);
    return { name: "IMAGE", datatype: "UINT8", shape: [images, rows, columns, CHANNELS], bytes };
  }

  async function resizeTo({ rows, columns }: Size): Promise<void> {
    const config = await server.http.modelConfig("image_normalize");
    const output = [{ ...config.output[0], dims: [CHANNELS, rows, columns] }];
    await server.http.load("image_normalize", { ...config, output });
  }

  async function expectImages(images: number, from: Size, to: Size): Promise<void> {
    const input = randomImages(images, from);
    const { outputs } = await server.http.infer("image_normalize", [input]);
    const shape = [images, CHANNELS, to.rows, to.columns];
    expect(outputs[0]).toMatchObject({ name: "TENSOR", datatype: "FP32", shape });
    const values = new Float32Array(Uint8Array.from(outputs[0]!.bytes).buffer);
    const imageBytes = from.rows * from.columns * CHANNELS;
    let at = 0;
    let worst = 0;
    for (let image = 0; image < images; image++) {
      const bytes = input.bytes.subarray(image * imageBytes, (image + 1) * imageBytes);
      for (let c = 0; c < CHANNELS; c++) {
        for (let y = 0; y < to.rows; y++) {
          for (let x = 0; x < to.columns; x++, at++) {
            const wanted = expectedAt(bytes, from, to, y, x, c);
            worst = Math.max(worst, Math.abs(values[at]! - wanted));
          }
        }
      }
    }
    expect(at).toBe(values.length);
    expect(worst).toBeLessThan(2e-5);
  }

  const NETWORK = { rows: 224, columns: 224 };

  test.each<[string, number, Size]>([
    ["one pixel", 1, { rows: 1, columns: 1 }],
    ["one row", 1, { rows: 1, columns: 301 }],
    ["one column", 1, { rows: 301, columns: 1 }],
    ["an image of that size", 1, NETWORK],
    ["a smaller image", 1, { rows: 31, columns: 17 }],
    ["a larger image", 1, { rows: 719, columns: 1283 }],
    ["eight images", 8, { rows: 99, columns: 301 }],
  ])("resizes %s to 224 x 224", async (_, images, size) => expectImages(images, size, NETWORK));

  test("takes the size from the model's configuration", async () => {
    for (const to of [
      { rows: 1, columns: 1 },
      { rows: 7, columns: 300 },
      { rows: 33, columns: 5 },
    ]) {
      await resizeTo(to);
      await expectImages(2, { rows: 20, columns: 31 }, to);
      await expectImages(3, { rows: 3, columns: 400 }, to);
    }
    await resizeTo(NETWORK);
  });

  test.each([
    ["no rows", { rows: 0, columns: 5 }],
    ["no columns", { rows: 5, columns: 0 }],
  ])("refuses an image with %s, and serves on", async (_, size) => {
    const { rows, columns } = size;
    expect(await server.http.inferError("image_normalize", [randomImages(1, size)])).toBe(
      `input IMAGE has the shape [1, ${rows}, ${columns}, 3]: it must be [images, height, width, 3], with at least one pixel`,
    );
    await expectImages(1, { rows: 2, columns: 2 }, NETWORK);
  });

  test("refuses four channels, where the configuration allows them", async () => {
    const config = await server.http.modelConfig("image_normalize");
    const input = [{ ...config.input[0], dims: [-1, -1, -1] }];
    await server.http.load("image_normalize", { ...config, input });
    const image: Tensor = {
      ...{ name: "IMAGE", datatype: "UINT8", shape: [1, 2, 2, 4] },
      bytes: new Uint8Array(16),
    };
    expect(await server.http.inferError("image_normalize", [image])).toBe(
      "input IMAGE has the shape [1, 2, 2, 4]: it must be [images, height, width, 3], with at least one pixel",
    );
    await expectImages(1, { rows: 2, columns: 2 }, NETWORK);
    expect(await server.http.metrics()).not.toContain("wasm_guest_traps_total{");
  });

  test.each([
    [{ mean: "1, 2" }, /model parameter mean is '1, 2': it must be three numbers, separated/],
    [{ mean: "1,2,3,4" }, /model parameter mean is '1,2,3,4'/],
    [{ mean: "1,2,three" }, /model parameter mean is '1,2,three'/],
    [{ std: "1,0,1" }, /model parameter std must not contain 0/],
  ])("does not load with the model parameter %j", async (change, error) => {
    await unload(server, "image_normalize");
    const [[key, text]] = Object.entries(change) as [[string, string]];
    const parameters = { ...config.parameters, [key]: { string_value: text } };
    expect(await server.http.loadError("image_normalize", { ...config, parameters })).toMatch(
      error,
    );
  });
});
