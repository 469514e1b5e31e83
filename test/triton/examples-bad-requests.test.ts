import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, type Tensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const LANGUAGES = ["assemblyscript", "c", "rust", "zig"];
const MODELS = ["identity", "add_sub", "string_upper"];
/** Dimensions of string_upper under another name, beside that of the batch. */
const MANY = 100;

const repository = new ModelRepository();
let server: TritonServer;
let stubs: readonly number[];

/** The examples of all languages in one repository. */
beforeAll(async () => {
  for (const language of LANGUAGES) {
    for (const model of MODELS) {
      const folder = join(projectFolder(), "examples", language, model);
      const config = readFileSync(join(folder, "config.pbtxt"), "utf8").replace(/^name: .*$/m, "");
      const module = readFileSync(join(folder, "1/model.wasm"));
      repository.add(`${language}_${model}`, config, { "model.wasm": module });
      if (model !== "string_upper") continue;
      const dims = `[ ${new Array(MANY).fill(-1)} ]`;
      repository.add(`${language}_many`, config.replaceAll("[ -1 ]", dims), {
        "model.wasm": module,
      });
    }
  }
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: [WASM_BACKEND],
  });
  stubs = server.stubPids();
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

const length = (value: number) => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
const bytes = (...parts: (Uint8Array | string)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
const strings = (shape: readonly number[], data: Uint8Array): Tensor => ({
  name: "INPUT0",
  datatype: "BYTES",
  shape,
  bytes: data,
});
const floats = (name: string, shape: readonly number[], byteSize: number): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  bytes: new Uint8Array(byteSize),
});

const WITHIN = /^input INPUT0 ends within an element$/;
const COUNT = /^input INPUT0 has \d+ elements, but the shape \[\d+, \d+\]$/;
const MISFIT = (datatype: string) =>
  new RegExp(
    `^input INPUT\\d has \\d+ bytes, which do not fit its shape \\[.*\\] of datatype ${datatype}$`,
  );

/** Requests that a server of 23.12 hands to the model as they are, and the only right answer to each. */
const BAD_STRINGS: readonly [string, Tensor, RegExp][] = [
  ["a length of 2^32 - 1", strings([1, 1], bytes(length(0xffff_ffff), "abc")), WITHIN],
  [
    "that length behind an element",
    strings([1, 2], bytes(length(1), "a", length(-1), "b")),
    WITHIN,
  ],
  ["a length of 2^31 - 1", strings([1, 1], bytes(length(0x7fff_ffff), "abc")), WITHIN],
  ["a length of 2^31", strings([1, 1], bytes(length(0x8000_0000), "abc")), WITHIN],
  ["a length that is one too long", strings([1, 1], bytes(length(4), "abc")), WITHIN],
  ["a length that is one too short", strings([1, 1], bytes(length(2), "abc")), WITHIN],
  ["a length cut in the middle", strings([1, 2], bytes(length(3), "abc", "\0\0")), WITHIN],
  ["one length cut in the middle", strings([1, 0], bytes("\0\0\0")), WITHIN],
  ["elements for a shape of none", strings([1, 0], encodeBytes(["abc"])), COUNT],
  ["more elements than the shape", strings([1, 2], encodeBytes(["a", "b", "c"])), COUNT],
  ["fewer elements than the shape", strings([2, 1], encodeBytes(["abcdef"])), COUNT],
  ["a shape and no bytes", strings([1, 3], new Uint8Array(0)), MISFIT("BYTES")],
  ["a shape of 2^40 elements", strings([1, 2 ** 40], encodeBytes(["a"])), MISFIT("BYTES")],
  ["a dimension of 2^60", strings([1, 2 ** 60], encodeBytes(["a"])), MISFIT("BYTES")],
  ["2^64 elements", strings([8, 2 ** 61], encodeBytes(["a"])), MISFIT("BYTES")],
  ["no elements and a dimension of 2^60", strings([1, 2 ** 60], bytes()), MISFIT("BYTES")],
];

const pair = (shape: readonly number[], size0: number, size1 = size0) => [
  floats("INPUT0", shape, size0),
  floats("INPUT1", shape, size1),
];

const BAD_FLOATS: readonly [string, Tensor[], RegExp][] = [
  ["a byte too many", pair([1, 1], 5), MISFIT("FP32")],
  ["an element too many", pair([1, 2], 12), MISFIT("FP32")],
  ["an element too few in the other input", pair([1, 4], 16, 12), MISFIT("FP32")],
  ["2^62 elements of 4 bytes", pair([1, 2 ** 62], 0), MISFIT("FP32")],
  ["other shapes", [floats("INPUT0", [1, 1], 4), floats("INPUT1", [1, 2], 8)], /must be equal$/],
];

describe.each(LANGUAGES)("finding 31: a bad request to an example in %s", (language) => {
  const upper = `${language}_string_upper`;
  const addSub = `${language}_add_sub`;
  const identity = `${language}_identity`;
  const many = `${language}_many`;

  test.each(BAD_STRINGS)("with strings that have %s fails alone", async (_, input, error) => {
    expect(await server.http.inferError(upper, [input])).toMatch(error);
    await expectUpper(upper);
  });

  test.each(BAD_FLOATS)("with floats that have %s fails alone", async (_, inputs, error) => {
    expect(await server.http.inferError(addSub, inputs)).toMatch(error);
    await server.http.infer(addSub, pair([1, 3], 12));
  });

  test("with a negative dimension, which HTTP cannot carry, fails alone", async () => {
    const input = strings([1, -7], encodeBytes(["a"]));
    await expect(server.grpc.infer(upper, [input])).rejects.toThrow(MISFIT("BYTES"));
    await expectUpper(upper);
  });

  test("with a long id and long parameters is answered", async () => {
    const long = "x".repeat(100_000);
    const options = { id: long, parameters: { long } };
    const { id } = await server.http.infer(identity, [floats("INPUT0", [1, 1], 4)], options);
    expect(id).toBe(long);
  });

  test("with more dimensions than an SDK takes fails alone, in every language", async () => {
    const shape = [1, ...new Array(MANY - 1).fill(1), 2];
    const input = strings(shape, encodeBytes(["ab", "c"]));
    expect(await server.http.inferError(many, [input])).toBe(
      `input INPUT0 has ${MANY + 1} dimensions, above the model's limit of 64`,
    );
  });

  test("costs no guest, no process and no wait", async () => {
    expect(server.stubPids()).toEqual(stubs);
    const metrics = await server.http.metrics();
    for (const model of [upper, addSub, identity, many]) {
      expect(metrics).toContain(`nv_inference_count{model="${model}",version="1"}`);
      expect(metrics).not.toContain(`wasm_guest_traps_total{model="${model}"`);
    }
  });
});

async function expectUpper(model: string): Promise<void> {
  const { outputs } = await server.http.infer(model, [strings([1, 2], encodeBytes(["ab", "c"]))]);
  expect(Buffer.from(outputs[0]!.bytes)).toEqual(bytes(encodeBytes(["AB", "C"])));
}
