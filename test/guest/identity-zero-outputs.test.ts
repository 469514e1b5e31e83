import type { TableInput, TableRequest } from "../support/wasm/table-services.js";
import { configOf, type IdentityGuest, load, OPTIONAL, pair } from "./identity-guest.js";

const INVALID_ARG = 3;
const UNSUPPORTED = 5;
const INT32 = 8;
const FP32 = 11;
const BATCHING = { max_batch_size: 8 };

const request = (
  inputs: TableRequest["inputs"],
  outputs: TableRequest["outputs"],
): TableRequest => ({ inputs, outputs });
const shaped = (name: string, ...shape: (number | bigint)[]): TableInput => ({ name, shape });

test("a requested output without its optional input has zeros of the configured type and shape", () => {
  const guest = load(
    configOf([
      pair(0, {}, OPTIONAL),
      pair(1, { data_type: "TYPE_INT32", dims: [2, -1, "-1", 3] }, OPTIONAL),
    ]),
  );
  const { zeros, copies, errors, counters, parameters } = guest.execute(
    request(["INPUT0"], ["OUTPUT0", "OUTPUT1"]),
    request([], ["OUTPUT0", "OUTPUT1"]),
  );
  expect(zeros).toEqual([
    { request: 0, output: "OUTPUT1", datatype: INT32, shape: [2, 1, 1, 3] },
    { request: 1, output: "OUTPUT0", datatype: FP32, shape: [1] },
    { request: 1, output: "OUTPUT1", datatype: INT32, shape: [2, 1, 1, 3] },
  ]);
  expect([copies, errors]).toEqual([["0: OUTPUT0 <- INPUT0"], []]);
  // Only what was copied.
  expect(counters[0]!.sum).toBe(4);
  expect(parameters.length).toBe(6);
});

test("a missing optional input has no effect when its output is not requested", () => {
  const guest = load(configOf([pair(0, {}, OPTIONAL), pair(1, {}, OPTIONAL)], BATCHING));
  const { zeros, copies, errors } = guest.execute(request(["INPUT1"], ["OUTPUT1"]));
  expect({ zeros, copies, errors }).toEqual({
    zeros: [],
    copies: ["0: OUTPUT1 <- INPUT1"],
    errors: [],
  });
});

test("an output of each data type of fixed size can be zeros", () => {
  const numbers = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32"].concat([
    "INT64",
    "FP16",
    "FP32",
    "FP64",
    "STRING",
    "BF16",
  ]);
  const pairs = numbers.map((type, index) => pair(index, { data_type: `TYPE_${type}` }, OPTIONAL));
  const guest = load(configOf(pairs));
  const wanted = numbers.flatMap((type, index) => (type === "STRING" ? [] : [`OUTPUT${index}`]));
  const { zeros } = guest.execute(request([], wanted));
  expect(zeros.map(({ output, datatype }) => [output, datatype])).toEqual(
    wanted.map((output) => [output, Number(output.slice("OUTPUT".length)) + 1]),
  );
});

test("reshape determines the shape, also one without dimensions", () => {
  const pairs = [
    pair(0, { dims: [6], reshape: { shape: [-1, 3] } }, OPTIONAL),
    pair(1, { dims: [1], reshape: { shape: [] } }, OPTIONAL),
  ];
  const wanted = request(["START"], ["OUTPUT0", "OUTPUT1"]);
  const shapesOf = (guest: IdentityGuest) => guest.execute(wanted).zeros.map(({ shape }) => shape);
  expect(shapesOf(load(configOf(pairs)))).toEqual([[1, 3], []]);
  expect(shapesOf(load(configOf(pairs, BATCHING)))).toEqual([[1, 1, 3], [1]]);
});

describe("in a batching model", () => {
  const batching = () =>
    load(
      configOf([pair(0, { dims: [5] }, OPTIONAL), pair(1, {}, OPTIONAL), pair(2, {})], BATCHING),
    );

  test("the first dimension is the batch size of the request's first input", () => {
    const { zeros } = batching().execute(
      request([shaped("INPUT2", 7, 9), shaped("INPUT1", 3, 9)], ["OUTPUT0"]),
      request([shaped("INPUT1", 3, 9), shaped("INPUT2", 7, 9)], ["OUTPUT0"]),
      request([shaped("START", 2)], ["OUTPUT0"]),
      request([shaped("INPUT1", 0, 9)], ["OUTPUT0"]),
    );
    expect(zeros.map(({ shape }) => shape)).toEqual([
      [7, 5],
      [3, 5],
      [2, 5],
      [0, 5],
    ]);
  });

  test("a first input without dimensions means a batch size of 1", () => {
    const { zeros } = batching().execute(
      request([shaped("INPUT1", 4)], ["OUTPUT0"]),
      request([shaped("INPUT1")], ["OUTPUT0"]),
    );
    expect(zeros.map(({ shape }) => shape)).toEqual([
      [4, 5],
      [1, 5],
    ]);
  });

  test("only a request without inputs fails", () => {
    const { zeros, errors, parameters } = batching().execute(
      request([], ["OUTPUT0", "OUTPUT1"]),
      request(["INPUT1"], ["OUTPUT0"]),
    );
    expect(errors).toEqual([
      {
        request: 0,
        code: INVALID_ARG,
        message:
          "out of bounds index 0: the request has no input from which 'OUTPUT0' could take its batch size",
      },
    ]);
    expect(zeros.map(({ request: of }) => of)).toEqual([1]);
    expect(parameters.every(({ request: of }) => of === 1)).toBe(true);
  });

  test.each([
    [-1n, "-1"],
    [-(2n ** 63n), "-9223372036854775808"],
    [2n ** 63n - 1n, "9223372036854775807"],
    [2n ** 53n, "9007199254740992"],
    [2n ** 32n, "4294967296"],
    // 5 FP32 each: one more than fit into 32 bits.
    [214_748_365n, "214748365"],
  ])("a batch size of %d fails its request only", (size, said) => {
    const { zeros, errors, copies } = batching().execute(
      request([shaped("INPUT1", size, 1)], ["OUTPUT0", "OUTPUT1"]),
      request([shaped("INPUT1", 1, 1)], ["OUTPUT1"]),
    );
    expect(errors).toEqual([
      {
        request: 0,
        code: INVALID_ARG,
        message: `failed to create 'OUTPUT0' of zeros: no tensor can have the shape [${said},5]`,
      },
    ]);
    expect(zeros).toEqual([]);
    expect(copies).toEqual(["1: OUTPUT1 <- INPUT1"]);
  });

  test("the host creates the largest possible tensor", () => {
    const { zeros, errors } = batching().execute(
      request([shaped("INPUT1", 214_748_364)], ["OUTPUT0"]),
    );
    expect(errors).toEqual([]);
    expect(zeros[0]!.shape).toEqual([214_748_364, 5]);
  });

  test("max_batch_size may be a string, and 0 means no batching", () => {
    const wanted = request([shaped("INPUT1", 4)], ["OUTPUT0"]);
    const shapeWith = (size: unknown) =>
      load(configOf([pair(0, {}, OPTIONAL), pair(1)], { max_batch_size: size })).execute(wanted)
        .zeros[0]!.shape;
    expect(["8", 1, 0, "0", undefined, null, -1].map(shapeWith)).toEqual([
      [4, 1],
      [4, 1],
      [1],
      [1],
      [1],
      [1],
      [1],
    ]);
  });
});

test("a configured shape that no tensor can have fails the request", () => {
  const huge = 2 ** 40;
  const guest = load(
    configOf([
      pair(0, { dims: [huge, huge, huge] }, OPTIONAL),
      pair(1, { dims: [-2] }, OPTIONAL),
      pair(2, { dims: [65_536, 65_536] }, OPTIONAL),
    ]),
  );
  const { errors, zeros } = guest.execute(
    request([], ["OUTPUT0"]),
    request([], ["OUTPUT1"]),
    request([], ["OUTPUT2"]),
  );
  expect(errors.map(({ code, message }) => [code, message.replace(/.*shape /, "")])).toEqual([
    [INVALID_ARG, `[${huge},${huge},${huge}]`],
    [INVALID_ARG, "[-2]"],
    [INVALID_ARG, "[65536,65536]"],
  ]);
  expect(zeros).toEqual([]);
});

test.each([0, 8])("BYTES cannot be zeros (max_batch_size %d)", (size) => {
  const pairs = [pair(0, { data_type: "TYPE_STRING" }, OPTIONAL), pair(1, {}, OPTIONAL)];
  const guest = load(configOf(pairs, { max_batch_size: size }));
  const { errors, zeros, copies } = guest.execute(
    request(["INPUT1"], ["OUTPUT0", "OUTPUT1"]),
    request(["INPUT0"], ["OUTPUT0"]),
  );
  expect(errors).toEqual([
    {
      request: 0,
      code: UNSUPPORTED,
      message:
        "failed to get optional input 'INPUT0': its type BYTES has no zero value of known size",
    },
  ]);
  expect(zeros).toEqual([]);
  expect(copies).toEqual(["1: OUTPUT0 <- INPUT0"]);
});

test("zeros that fail because memory ran out fail their request", () => {
  const guest = load(configOf([pair(0, {}, OPTIONAL), pair(1)]));
  guest.services.withoutMemory.add(0);
  const { errors, parameters, copies } = guest.execute(request(["INPUT1"], ["OUTPUT0", "OUTPUT1"]));
  expect(errors).toEqual([{ request: 0, code: 4, message: "no memory" }]);
  expect([copies, parameters]).toEqual([[], []]);
});
