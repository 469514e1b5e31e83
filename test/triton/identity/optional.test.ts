import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pairsConfig } from "../../support/triton/repository.js";
import {
  configName,
  DATATYPE_NAMES,
  DATATYPES,
  elementCount,
  floats,
  type Tensor,
} from "../../support/triton/tensors.js";
import {
  CLIENTS,
  errorOf,
  expectOutputs,
  IdentityServer,
  integers,
  outputOf,
  strings,
  zeros,
} from "./support.js";

const OPTIONAL = { input: "optional: true" };
const REQUIRED = { index: 0, type: "TYPE_FP32", dims: [-1] };
const SIZED = DATATYPE_NAMES.filter((datatype) => DATATYPES[datatype] !== undefined);

/** Three pairs, of which the last `count` are optional. */
function optionalPairs(count: number) {
  return [0, 1, 2].map((index) => ({
    index,
    type: "TYPE_INT32",
    dims: [2],
    ...(index < 3 - count ? {} : OPTIONAL),
  }));
}

const TYPES = [
  REQUIRED,
  ...SIZED.map((type, index) => ({
    index: index + 1,
    type: configName(type),
    dims: [-1, 3],
    ...OPTIONAL,
  })),
];
const SHAPES = [
  { index: 5, type: "TYPE_FP32", dims: [-1], ...OPTIONAL },
  { index: 1, type: "TYPE_INT64", dims: [-1, 2, -1], ...OPTIONAL },
  { index: 2, type: "TYPE_FP16", dims: [4], both: "reshape { shape: [2, 1, 2] }", ...OPTIONAL },
];
const SCALAR = { type: "TYPE_FP32", dims: [1], both: "reshape { shape: [] }" };
const BYTES = [REQUIRED, { index: 1, type: "TYPE_STRING", dims: [2], ...OPTIONAL }];

const MODELS = {
  one_of_three: pairsConfig("identity", optionalPairs(1)),
  all_of_three: pairsConfig("identity", optionalPairs(3)),
  two_of_three_batching: pairsConfig("identity", optionalPairs(2), { maxBatchSize: 4 }),
  all_of_three_batching: pairsConfig("identity", optionalPairs(3), { maxBatchSize: 4 }),
  types: pairsConfig("identity", TYPES),
  types_batching: pairsConfig("identity", TYPES, { maxBatchSize: 4 }),
  shapes: pairsConfig("identity", SHAPES),
  shapes_batching: pairsConfig("identity", SHAPES, { maxBatchSize: 4 }),
  scalars: pairsConfig(
    "identity",
    [
      { index: 0, ...SCALAR },
      { index: 1, ...SCALAR, ...OPTIONAL },
    ],
    {
      maxBatchSize: 4,
    },
  ),
  bytes: pairsConfig("identity", BYTES),
  bytes_batching: pairsConfig("identity", BYTES, { maxBatchSize: 4 }),
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS);
});
afterAll(() => server?.stop());

describe.each(CLIENTS)("optional inputs over %s", (client) => {
  const infer = (model: string, inputs: readonly Tensor[], outputs?: string[]) =>
    server.triton[client].infer(model, inputs, outputs === undefined ? {} : { outputs });

  /** Asks for all outputs; those whose input is missing are expected as zeros of this shape. */
  async function expectZeros(model: string, inputs: Tensor[], shape: number[]): Promise<void> {
    const expected = [0, 1, 2].map((index) => {
      const given = inputs.find(({ name }) => name === `INPUT${index}`);
      return given
        ? outputOf(given)
        : zeros(`OUTPUT${index}`, "INT32", shape, elementCount(shape) * 4);
    });
    expectOutputs(await infer(model, inputs), expected);
  }

  test("rows 13, 44: one, two or all inputs may be optional, with and without batching", async () => {
    const input = (index: number, batch?: number) =>
      integers(
        `INPUT${index}`,
        Array.from({ length: 2 * (batch ?? 1) }, (_, at) => index * 10 + at),
        batch === undefined ? [2] : [batch, 2],
      );
    await expectZeros("one_of_three", [input(0), input(1)], [2]);
    await expectZeros("one_of_three", [input(1), input(2), input(0)], [2]);
    await expectZeros("all_of_three", [input(1)], [2]);
    await expectZeros("all_of_three", [], [2]);
    await expectZeros("two_of_three_batching", [input(0, 3)], [3, 2]);
    await expectZeros("two_of_three_batching", [input(2, 1), input(0, 1)], [1, 2]);
    await expectZeros("all_of_three_batching", [input(2, 4)], [4, 2]);
  });

  test("row 44: zeros have the datatype and the configured shape, with 1 for -1", async () => {
    const expected = (prefix: number[]) =>
      SIZED.map((datatype, index) =>
        zeros(
          `OUTPUT${index + 1}`,
          datatype,
          [...prefix, 1, 3],
          elementCount(prefix) * 3 * DATATYPES[datatype]!,
        ),
      );
    const single = floats("INPUT0", [1, 2, 3]);
    await expectAll("types", single, expected([]));
    const batch = floats("INPUT0", [1, 2, 3, 4], [2, 2]);
    await expectAll("types_batching", batch, expected([2]));
  });

  async function expectAll(model: string, given: Tensor, others: Tensor[]): Promise<void> {
    const expected = [outputOf(given), ...others].sort((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    expectOutputs(await infer(model, [given]), expected);
  }

  test("row 44: zeros follow no shape but the configured one, reshape included", async () => {
    await expectAll("shapes", floats("INPUT5", [1, 2, 3, 4, 5]), [
      zeros("OUTPUT1", "INT64", [1, 2, 1], 16),
      zeros("OUTPUT2", "FP16", [4], 8),
    ]);
    await expectAll("shapes_batching", floats("INPUT5", [1, 2, 3, 4, 5, 6], [3, 2]), [
      zeros("OUTPUT1", "INT64", [3, 1, 2, 1], 48),
      zeros("OUTPUT2", "FP16", [3, 4], 24),
    ]);
  });

  test("rows 44, 74: scalars of a batch count as its items", async () => {
    await expectAll("scalars", floats("INPUT0", [1, 2, 3], [3, 1]), [
      zeros("OUTPUT1", "FP32", [3, 1], 12),
    ]);
  });

  test("row 45: a missing input whose output is not requested makes nothing", async () => {
    const input = floats("INPUT0", [1, 2], [1, 2]);
    for (const model of ["bytes_batching", "types_batching"]) {
      expectOutputs(await infer(model, [input], ["OUTPUT0"]), [outputOf(input)]);
    }
  });

  test("row 46: a missing BYTES input whose output is requested fails the request, which names it", async () => {
    const plain = floats("INPUT0", [1, 2]);
    const batch = floats("INPUT0", [1, 2], [2, 1]);
    for (const [model, input, text] of [
      ["bytes", plain, strings("INPUT1", ["", "b"])],
      ["bytes_batching", batch, strings("INPUT1", ["a", "", "c", "d"], [2, 2])],
    ] as const) {
      for (const outputs of [undefined, ["OUTPUT1"]]) {
        const error = await errorOf(infer(model, [input], outputs));
        expect(error).toContain("failed to get optional input 'INPUT1'");
      }
      expectOutputs(await infer(model, [text, input]), [outputOf(input), outputOf(text)]);
    }
  });

  test("row 47: a request without any input fails when the model batches", async () => {
    const invalid = { http: 400, grpc: 3 }[client];
    await expect(infer("all_of_three_batching", [])).rejects.toMatchObject({
      message: expect.stringContaining("out of bounds index 0"),
      status: invalid,
    });
    await expectZeros("all_of_three_batching", [integers("INPUT1", [1, 2], [1, 2])], [1, 2]);
  });
});
