import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  floatConfig,
  ModelRepository,
  type PairConfig,
  pairsConfig,
  parameter,
} from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import {
  configName,
  DATATYPE_NAMES,
  DATATYPES,
  floats,
  sameTensor,
  type Tensor,
} from "../../support/triton/tensors.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { unequalConfig } from "./refusals.js";

const OPTIONAL = "optional: true";
const BATCH_SIZES = [0, 1, 7, 1024, 2 ** 31 - 1];

const repository = new ModelRepository();
let server: TritonServer;

function pairsOf(count: number, optional: number): PairConfig[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    type: "TYPE_FP32",
    dims: [2],
    input: index < optional ? OPTIONAL : "",
  }));
}

beforeAll(async () => {
  const add = (model: string, config: string) => repository.add(model, config);
  add(
    "any_order",
    unequalConfig(["INPUT7", "INPUT0", "INPUT07"], ["OUTPUT07", "OUTPUT7", "OUTPUT0"]),
  );
  add(
    "reshaped",
    unequalConfig(
      [{ name: "INPUT0", dims: [2, 3], more: "reshape { shape: [6] }" }, "INPUT1"],
      [
        { name: "OUTPUT0", dims: [6] },
        { name: "OUTPUT1", dims: [1, 4], more: "reshape { shape: [4] }" },
      ],
    ),
  );
  add(
    "optional_shape",
    unequalConfig(
      [
        { name: "INPUT12", type: "TYPE_INT16", dims: [-1, 3, -1], more: OPTIONAL },
        { name: "INPUT3", dims: [-1] },
      ],
      [
        { name: "OUTPUT3", dims: [-1] },
        { name: "OUTPUT12", type: "TYPE_INT16", dims: [-1, 3, -1] },
      ],
    ),
  );
  for (const optional of [0, 1, 2, 3]) {
    add(`optional_${optional}`, pairsConfig("identity", pairsOf(3, optional)));
    add(
      `optional_${optional}_batch`,
      pairsConfig("identity", pairsOf(3, optional), { maxBatchSize: 4 }),
    );
  }
  const everyType = DATATYPE_NAMES.map((datatype, index) => ({
    index,
    type: configName(datatype),
    dims: [-1],
  }));
  add("every_type", pairsConfig("identity", everyType));
  for (const size of BATCH_SIZES) add(`batch_${size}`, floatConfig("identity", "", size));
  add(
    "unknown_parameters",
    floatConfig(
      "identity",
      `${parameter("no_such_parameter", "abc")}
       ${parameter("EXECUTE_DELAY_MS", "abc")}
       ${parameter("creation_delay_ms", "-5")}
       parameters { key: "without_value" }`,
    ),
  );
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: IDENTITY_BACKENDS,
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config", "--model-load-thread-count=8"],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

/** Sends the inputs and expects each back under the name of its output. */
async function expectEcho(
  model: string,
  inputs: readonly Tensor[],
  shapes: Readonly<Record<string, readonly number[]>> = {},
): Promise<void> {
  const { outputs } = await server.http.infer(model, inputs);
  expect(outputs).toHaveLength(inputs.length);
  for (const input of inputs) {
    const name = input.name.replace("INPUT", "OUTPUT");
    const expected = { ...input, name, shape: shapes[name] ?? input.shape };
    const output = outputs.find((candidate) => candidate.name === name);
    expect(output !== undefined && sameTensor(output, expected)).toBe(true);
  }
}

describe("pairs", () => {
  test("row 6: the position in the lists does not count, only the suffix as a text", async () => {
    await expectEcho("any_order", [
      floats("INPUT0", [1, 2, 3, 4]),
      floats("INPUT7", [5, 6, 7, 8]),
      floats("INPUT07", [9, 10, 11, 12]),
    ]);
  });

  test("row 9: shapes match when they are equal after the reshape", async () => {
    await expectEcho(
      "reshaped",
      [floats("INPUT0", [1, 2, 3, 4, 5, 6], [2, 3]), floats("INPUT1", [7, 8, 9, 10])],
      { OUTPUT0: [6], OUTPUT1: [1, 4] },
    );
  });

  test("row 12: an optional input keeps data type and shape, each variable dimension as 1", async () => {
    const { outputs } = await server.http.infer("optional_shape", [floats("INPUT3", [1])]);
    const zeros = outputs.find(({ name }) => name === "OUTPUT12");
    expect(zeros).toMatchObject({ datatype: "INT16", shape: [1, 3, 1] });
    expect(Buffer.from(zeros!.bytes)).toEqual(Buffer.alloc(6));
  });

  test.each([0, 1, 2, 3])(
    "row 13: %i of three inputs may be optional, with batches and without",
    async (optional) => {
      for (const model of [`optional_${optional}`, `optional_${optional}_batch`]) {
        const { input } = await server.http.modelConfig(model);
        const flags = input.map((tensor: { optional: boolean }) => tensor.optional);
        expect(flags).toEqual([0, 1, 2].map((index) => index < optional));
        const batch = model.endsWith("_batch") ? [1] : [];
        const inputs = [0, 1, 2].map((index) => floats(`INPUT${index}`, [index, 1], [...batch, 2]));
        await expectEcho(model, inputs);
      }
    },
  );

  test("row 14: every data type loads, and bytes are not interpreted", async () => {
    const { inputs } = await server.http.modelMetadata("every_type");
    expect(inputs.map(({ datatype }: { datatype: string }) => datatype)).toEqual(DATATYPE_NAMES);
    // No valid boolean, no number in the usual sense, a text of four bytes that is no UTF-8.
    await expectEcho(
      "every_type",
      DATATYPE_NAMES.map((datatype, index) => {
        const bytes =
          datatype === "BYTES"
            ? Uint8Array.of(4, 0, 0, 0, 0xff, 0, 0xfe, 0xc0)
            : new Uint8Array(DATATYPES[datatype]!).fill(0xff);
        return { name: `INPUT${index}`, datatype, shape: [1], bytes };
      }),
    );
  });
});

describe("batches and parameters", () => {
  test.each(BATCH_SIZES)("row 15: a max_batch_size of %i loads", async (size) => {
    const model = `batch_${size}`;
    expect((await server.http.modelConfig(model)).max_batch_size).toBe(size);
    const rows = Math.min(size, 7);
    const shape = size === 0 ? [3] : [rows, 3];
    const values = Array.from({ length: Math.max(rows, 1) * 3 }, (_, index) => index);
    await expectEcho(model, [floats("INPUT0", values, shape)]);
  });

  test("row 22: unknown parameters are ignored, whatever their value, also without one", async () => {
    await expectEcho("unknown_parameters", [floats("INPUT0", [1, 2, 3])]);
  });
});
