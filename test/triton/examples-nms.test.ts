import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, type Tensor } from "../support/triton/tensors.js";
import { unload } from "../support/triton/unload.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

type Box = readonly [number, number, number, number];
type Thresholds = { readonly iou_threshold: number; readonly score_threshold: number };

const DEFAULTS: Thresholds = { iou_threshold: 0.5, score_threshold: 0.25 };

const areaOf = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);

function overlap(a: Box, b: Box): number {
  const common = areaOf([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.max(a[0], b[0], Math.min(a[2], b[2])),
    Math.max(a[1], b[1], Math.min(a[3], b[3])),
  ]);
  return common === 0 ? 0 : common / (areaOf(a) + areaOf(b) - common);
}

/** In another way than the model: takes the best box, and removes all that it suppresses, until none is left. */
function keptOf(boxes: readonly Box[], scores: readonly number[], thresholds: Thresholds) {
  const kept: number[] = [];
  let rest = boxes.map((_, index) => index);
  rest = rest.filter((index) => scores[index]! >= thresholds.score_threshold);
  while (rest.length > 0) {
    const best = rest.reduce((one, other) => (scores[other]! > scores[one]! ? other : one));
    kept.push(best);
    rest = rest.filter(
      (index) => index !== best && overlap(boxes[best]!, boxes[index]!) <= thresholds.iou_threshold,
    );
  }
  return kept;
}

describe.each(["23.12", "24.10"])("the example nms on %s", (release) => {
  const random = new Random(11);
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: join(projectFolder(), "examples/processing"),
      loadModels: ["nms"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    expect(await server?.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  /** Whole coordinates: equal boxes and an overlap of exactly one half occur, too. */
  const randomBox = (): Box => {
    const [x, y] = [random.below(30), random.below(30)];
    return [x, y, x + 1 + random.below(20), y + 1 + random.below(20)];
  };
  const randomScore = () => random.below(64) / 64;
  const some = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

  function inputsOf(boxes: readonly Box[][], scores: readonly number[][]): Tensor[] {
    const shape = [scores.length, scores[0]!.length];
    return [floats("BOXES", boxes.flat(2), [...shape, 4]), floats("SCORES", scores.flat(), shape)];
  }

  async function expectKept(
    boxes: readonly Box[][],
    scores: readonly number[][],
    parameters: Record<string, number | string> = {},
    thresholds = DEFAULTS,
  ): Promise<number[][]> {
    const { outputs } = await server.http.infer("nms", inputsOf(boxes, scores), { parameters });
    const kept = outputs.find(({ name }) => name === "KEPT");
    const count = outputs.find(({ name }) => name === "COUNT");
    const expected = boxes.map((of, image) => keptOf(of, scores[image]!, thresholds));
    const columns = Math.max(...expected.map(({ length }) => length));
    expect(kept).toMatchObject({ datatype: "INT64", shape: [boxes.length, columns] });
    expect(count).toMatchObject({ datatype: "INT32", shape: [boxes.length, 1] });
    const padded = expected.flatMap((row) => [...row, ...Array(columns - row.length).fill(-1)]);
    expect([...new BigInt64Array(Uint8Array.from(kept!.bytes).buffer)].map(Number)).toEqual(padded);
    expect([...new Int32Array(Uint8Array.from(count!.bytes).buffer)]).toEqual(
      expected.map(({ length }) => length),
    );
    return expected;
  }

  test.each([
    [1, 1],
    [1, 2],
    [3, 7],
    [16, 101],
    [2, 1003],
  ])("suppresses in %d images of %d boxes", async (images, boxes) => {
    const scores = some(images, () => some(boxes, randomScore));
    const kept = await expectKept(
      some(images, () => some(boxes, randomBox)),
      scores,
    );
    if (boxes < 100) return;
    scores.forEach((of, image) => {
      const strong = of.filter((score) => score >= DEFAULTS.score_threshold).length;
      expect(kept[image]!.length).toBeGreaterThan(1);
      expect(kept[image]!.length).toBeLessThan(strong);
    });
  });

  test("keeps a box at the threshold, and suppresses one above it", async () => {
    // Intersections of 1/2, and of 2/3.
    await expectKept(
      [
        [
          [0, 0, 2, 1],
          [0, 0, 1, 1],
          [0, 0, 3, 1],
        ],
      ],
      [[0.5, 0.4, 0.6]],
    );
  });

  test("answers images without boxes, and images whose boxes are all too weak", async () => {
    await expectKept([[]], [[]]);
    await expectKept([[], []], [[], []]);
    await expectKept([[randomBox()], [randomBox()]], [[0.1], [0.9]]);
    await expectKept([[randomBox()]], [[Number.NaN]]);
  });

  test("keeps boxes without an area, which overlap with none", async () => {
    await expectKept(
      [
        [
          [5, 5, 5, 5],
          [5, 5, 5, 5],
          [0, 0, 9, 9],
        ],
      ],
      [[0.9, 0.8, 0.7]],
    );
  });

  describe("takes thresholds from the request", () => {
    const thresholds = { iou_threshold: 0.125, score_threshold: 0.75 };
    const texts = { iou_threshold: "0.125", score_threshold: "0.75" };
    const boxes = [some(80, randomBox)];
    const scores = [some(80, randomScore)];

    test("as texts", () => expectKept(boxes, scores, texts, thresholds).then(() => {}));

    test("as integers", () => {
      const whole = { iou_threshold: 1, score_threshold: 0 };
      return expectKept(boxes, scores, whole, whole).then(() => {});
    });

    if (release !== "23.12") {
      test("as doubles, which Triton transports from 24.02 on", () =>
        expectKept(boxes, scores, thresholds, thresholds).then(() => {}));
    }
  });

  test.each<[string, string | number | boolean, string]>([
    ["iou_threshold", "1.5", "1.5"],
    ["iou_threshold", "much", "much"],
    ["score_threshold", -1, "-1"],
    ["score_threshold", true, "true"],
  ])("refuses the parameter %s = %p, and serves on", async (key, value, quoted) => {
    const inputs = inputsOf([[randomBox()]], [[0.5]]);
    expect(await server.http.inferError("nms", inputs, { parameters: { [key]: value } })).toBe(
      `parameter ${key} is ${quoted}: it must be a number from 0 to 1`,
    );
    await expectKept([[randomBox()]], [[0.5]]);
  });

  test("refuses boxes and scores of two numbers, and serves on", async () => {
    const [boxes] = inputsOf([[randomBox(), randomBox()]], [[0.5, 0.5]]);
    const scores = floats("SCORES", [0.5, 0.5, 0.5], [1, 3]);
    expect(await server.http.inferError("nms", [boxes!, scores])).toBe(
      "BOXES has shape [1, 2, 4], SCORES has shape [1, 3]; they must be [images, boxes, 4] and [images, boxes]",
    );
    await expectKept([[randomBox()]], [[0.5]]);
  });

  test("refuses more boxes than it has time for, and serves on", async () => {
    const inputs = inputsOf([some(4097, randomBox)], [some(4097, randomScore)]);
    expect(await server.http.inferError("nms", inputs)).toBe(
      "an image has 4097 boxes, above the model's limit of 4096",
    );
    await expectKept([[randomBox()]], [[0.5]]);
    expect(await server.http.metrics()).not.toContain("wasm_guest_traps_total{");
  });

  test("has time for the most boxes, none of which overlaps another", async () => {
    // Each box is compared with each: the slowest request.
    const boxes = Array.from({ length: 4096 }, (_, index): Box => {
      const [x, y] = [(index % 128) * 2, Math.floor(index / 128) * 2];
      return [x, y, x + 1, y + 1];
    });
    const inputs = inputsOf(
      some(16, () => boxes),
      some(16, () => boxes.map(() => 0.5)),
    );
    const { outputs } = await server.http.infer("nms", inputs, { outputs: ["KEPT"] });
    const indexes = new BigInt64Array(Uint8Array.from(outputs[0]!.bytes).buffer);
    expect(outputs[0]!.shape).toEqual([16, 4096]);
    expect(indexes.every((index, at) => Number(index) === at % 4096)).toBe(true);
  });

  test("does not load without a threshold that is a number", async () => {
    const config = await server.http.modelConfig("nms");
    await unload(server, "nms");
    const parameters = { ...config.parameters, iou_threshold: { string_value: "half" } };
    expect(await server.http.loadError("nms", { ...config, parameters })).toContain(
      "the model needs the parameters iou_threshold and score_threshold, which must be numbers",
    );
  });
});
