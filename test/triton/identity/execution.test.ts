import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pairsConfig } from "../../support/triton/repository.js";
import {
  configName,
  DATATYPE_NAMES,
  DATATYPES,
  encodeBytes,
  floats,
  type Tensor,
} from "../../support/triton/tensors.js";
import {
  CLIENTS,
  expectOutputs,
  IdentityServer,
  integers,
  outputOf,
  postJson,
  raw,
  SharedMemory,
  strings,
} from "./support.js";

const MIB = 1024 * 1024;

/** In an order that is neither the text order nor that of the numbers. */
const SCRAMBLED = [2, 10, 0, 1];

const MODELS = {
  scrambled: pairsConfig(
    "identity",
    SCRAMBLED.map((index) => ({ index, type: "TYPE_INT32", dims: [-1] })),
  ),
  reshaped: pairsConfig(
    "identity",
    [
      { index: 0, type: "TYPE_FP32", dims: [2, 3], both: "reshape { shape: [6] }" },
      { index: 1, type: "TYPE_INT32", dims: [1], both: "reshape { shape: [] }" },
      { index: 2, type: "TYPE_INT32", dims: [4], both: "reshape { shape: [1, 2, 2] }" },
    ],
    { maxBatchSize: 4 },
  ),
  every_type: pairsConfig(
    "identity",
    DATATYPE_NAMES.map((type, index) => ({ index, type: configName(type), dims: [-1, 2] })),
    { maxBatchSize: 4 },
  ),
  batching: pairsConfig("identity", [{ index: 0, type: "TYPE_FP32", dims: [-1] }], {
    maxBatchSize: 8,
  }),
  plain: pairsConfig("identity", [{ index: 0, type: "TYPE_INT8", dims: [-1] }]),
  text: pairsConfig("identity", [{ index: 0, type: "TYPE_STRING", dims: [-1] }]),
  bf16: pairsConfig("identity", [{ index: 0, type: "TYPE_BF16", dims: [-1] }]),
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS);
});
afterAll(() => server?.stop());

describe.each(CLIENTS)("the identity model over %s", (client) => {
  async function expectEcho(model: string, ...inputs: Tensor[]): Promise<void> {
    expectOutputs(await server.triton[client].infer(model, inputs), inputs.map(outputOf));
  }

  const scrambled = SCRAMBLED.map((index) => integers(`INPUT${index}`, [index, -index]));
  const outputs = (...names: string[]) =>
    names.map((name) => outputOf(scrambled.find((input) => outputOf(input).name === name)!));

  test("row 36: makes exactly the outputs that are asked for", async () => {
    for (const name of ["OUTPUT0", "OUTPUT1", "OUTPUT10", "OUTPUT2"]) {
      const answer = await server.triton[client].infer("scrambled", scrambled, { outputs: [name] });
      expectOutputs(answer, outputs(name));
    }
  });

  test("rows 36, 37: makes all outputs in text order when none is named", async () => {
    const answer = await server.triton[client].infer("scrambled", scrambled);
    expectOutputs(answer, outputs("OUTPUT0", "OUTPUT1", "OUTPUT10", "OUTPUT2"));
  });

  test("row 37: keeps the text order whatever the request's order is", async () => {
    const asked = ["OUTPUT2", "OUTPUT0", "OUTPUT10"];
    const answer = await server.triton[client].infer("scrambled", scrambled, { outputs: asked });
    expectOutputs(answer, outputs("OUTPUT0", "OUTPUT10", "OUTPUT2"));
  });

  test("row 38: gives back every datatype with the batch's dimension, bit for bit", async () => {
    const inputs = DATATYPE_NAMES.map((datatype, index) => {
      const shape = [3, 2, 2];
      const size = DATATYPES[datatype];
      const bytes =
        size === undefined
          ? encodeBytes(Array.from({ length: 12 }, (_, element) => "\0é".repeat(element)))
          : Uint8Array.from({ length: 12 * size }, (_, at) =>
              datatype === "BOOL" ? at % 2 : 255 - at - index,
            );
      return raw(`INPUT${index}`, datatype, shape, bytes);
    });
    const expected = inputs.map(outputOf).sort((one, other) => (one.name < other.name ? -1 : 1));
    expectOutputs(await server.triton[client].infer("every_type", inputs), expected);
  });

  test("row 38: reshapes input and output back to the client's dimensions", async () => {
    await expectEcho(
      "reshaped",
      floats(
        "INPUT0",
        Array.from({ length: 12 }, (_, at) => at / 8),
        [2, 2, 3],
      ),
      integers("INPUT1", [7, -7], [2, 1]),
      integers("INPUT2", [1, 2, 3, 4, 5, 6, 7, 8], [2, 4]),
    );
  });

  test("row 39: copies a large tensor, which the server has in many pieces, in order", async () => {
    // Through HTTP the server keeps the body in pieces of some KiB as they arrived.
    const bytes = new Uint8Array(9 * MIB + 5);
    for (let at = 0; at < bytes.length; at++) bytes[at] = at ^ (at >> 8) ^ (at >> 16);
    const input = raw("INPUT0", "INT8", [bytes.length], bytes);
    const [output] = (await server.triton[client].infer("plain", [input])).outputs;
    expect(output).toMatchObject({ name: "OUTPUT0", datatype: "INT8", shape: [bytes.length] });
    expect(Buffer.compare(output!.bytes, bytes)).toBe(0);
  });

  test("row 40: answers a tensor without elements with one of the same shape", async () => {
    await expectEcho("batching", floats("INPUT0", [], [1, 0]));
    await expectEcho("batching", floats("INPUT0", [], [4, 0]));
    await expectEcho("plain", raw("INPUT0", "INT8", [0], new Uint8Array()));
    await expectEcho("text", strings("INPUT0", [], [0]));
  });

  test("row 41: leaves BYTES as they are serialised, with empty elements and zero bytes", async () => {
    await expectEcho("text", strings("INPUT0", ["", "\0", "a\0b\0\0", "é€😀", "x".repeat(70_000)]));
    await expectEcho("text", strings("INPUT0", [""]));
  });

  test("row 42: copies BF16 as raw data, NaNs and subnormals too", async () => {
    const bytes = Uint8Array.of(0x80, 0x3f, 0xc1, 0x7f, 0x01, 0x00, 0x00, 0x80, 0xff, 0xff);
    await expectEcho("bf16", raw("INPUT0", "BF16", [5], bytes));
  });

  test("row 43: keeps the order of a request's items", async () => {
    const values = Array.from({ length: 24 }, (_, at) => 100 - at);
    await expectEcho("batching", floats("INPUT0", values, [8, 3]));
  });
});

describe("the identity model over HTTP", () => {
  test("row 38: answers elements in JSON with elements in JSON", async () => {
    const text = ["", "plain", 'quotes " and \\', "é€😀"];
    const data = [-128, 0, 127];
    const { http } = server.triton;
    expect(
      await http.inferJson("text", [{ name: "INPUT0", datatype: "BYTES", shape: [4], data: text }]),
    ).toMatchObject({ outputs: [{ name: "OUTPUT0", datatype: "BYTES", shape: [4], data: text }] });
    expect(
      await http.inferJson("plain", [{ name: "INPUT0", datatype: "INT8", shape: [3], data }]),
    ).toMatchObject({ outputs: [{ name: "OUTPUT0", datatype: "INT8", shape: [3], data }] });
    const shape = [2, 2];
    const floating = [0.5, -1.25, 3, 1e30];
    const [output] = (
      await http.inferJson("batching", [
        { name: "INPUT0", datatype: "FP32", shape, data: floating },
      ])
    ).outputs;
    expect(output).toMatchObject({ name: "OUTPUT0", datatype: "FP32", shape });
    expect(Float32Array.from(output!.data as number[])).toEqual(Float32Array.from(floating));
  });
});

describe("the identity model with shared memory of the client", () => {
  const REGION_BYTES = 8 * MIB;
  const OUTPUT_AT = 4 * MIB;
  const content = new Uint8Array(REGION_BYTES);
  let memory: SharedMemory;

  beforeAll(async () => {
    for (let at = 0; at < OUTPUT_AT; at++) content[at] = at ^ (at >> 8) ^ (at >> 16);
    memory = new SharedMemory(content);
    await memory.register(server.triton, "region", REGION_BYTES);
  });
  afterAll(() => memory.remove());

  test("rows 39, 54: reads the input from it and writes the output into it, nowhere else", async () => {
    const byteSize = 3 * MIB + 1;
    const answer = await postJson(server.triton, "/v2/models/plain/infer", {
      inputs: [
        {
          name: "INPUT0",
          datatype: "INT8",
          shape: [byteSize],
          parameters: {
            shared_memory_region: "region",
            shared_memory_offset: 11,
            shared_memory_byte_size: byteSize,
          },
        },
      ],
      outputs: [
        {
          name: "OUTPUT0",
          parameters: {
            shared_memory_region: "region",
            shared_memory_offset: OUTPUT_AT,
            shared_memory_byte_size: OUTPUT_AT,
          },
        },
      ],
    });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      outputs: [{ name: "OUTPUT0", datatype: "INT8", shape: [byteSize] }],
    });
    content.copyWithin(OUTPUT_AT, 11, 11 + byteSize);
    expect(Buffer.compare(readFileSync(memory.file), content)).toBe(0);
  });
});
