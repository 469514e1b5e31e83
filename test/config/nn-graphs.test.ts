import { expect, test } from "@jest/globals";
import { DEFAULT_CEILINGS } from "../../host/config/ceilings.js";
import { parseSandboxConfig } from "../../host/config/model-limits.js";

const parse = (name: string, value: string) =>
  parseSandboxConfig(new Map([[name, value]]), DEFAULT_CEILINGS).graphs;

test("a parameter describes a graph: model, version, names of inputs and outputs", () => {
  const value = '{"model":"resnet","version":3,"inputs":["data","mask"],"outputs":["scores"]}';
  expect(parse("wasm_nn.a.b", value)).toEqual(
    new Map([
      ["a.b", { model: "resnet", version: 3n, inputs: ["data", "mask"], outputs: ["scores"] }],
    ]),
  );
});

test("each member may be absent, and other parameters describe no graph", () => {
  expect([...parse("wasm_nn.__proto__", "{}")]).toEqual([
    ["__proto__", { model: undefined, version: undefined, inputs: undefined, outputs: undefined }],
  ]);
  expect(parse("wasm_env.wasm_nn.a", "{}").size).toBe(0);
});

const LONG = JSON.stringify({ inputs: Array.from({ length: 257 }, (_, index) => `i${index}`) });

test.each([
  ["wasm_nn.", "{}", /does not name a graph: use wasm_nn\.<graph>/],
  ["wasm_nn.a", "", /is '': it must be a JSON object such as \{"inputs"/],
  ["wasm_nn.a", "[]", /is '\[\]': it must be a JSON object/],
  ["wasm_nn.a", "null", /is 'null': it must be a JSON object/],
  ["wasm_nn.a", "{inputs: [a]}", /it must be a JSON object/],
  ["wasm_nn.a", '{"input":["a"]}', /the member 'input': use model, version, inputs, outputs/],
  ["wasm_nn.a", '{"__proto__":["a"]}', /the member '__proto__'/],
  ["wasm_nn.a", '{"model":""}', /a member 'model' that is not the name of a model/],
  ["wasm_nn.a", '{"model":null}', /a member 'model'/],
  ["wasm_nn.a", '{"version":0}', /a member 'version' that is not a whole number above 0/],
  ["wasm_nn.a", '{"version":"1"}', /a member 'version'/],
  ["wasm_nn.a", '{"version":1.5}', /a member 'version'/],
  [
    "wasm_nn.a",
    '{"inputs":"a"}',
    /a member 'inputs' that is not a list of at most 256 different names/,
  ],
  ["wasm_nn.a", '{"inputs":[""]}', /a member 'inputs'/],
  ["wasm_nn.a", '{"inputs":["a","a"]}', /a member 'inputs'/],
  ["wasm_nn.a", LONG, /a member 'inputs'/],
  ["wasm_nn.a", '{"outputs":[1]}', /a member 'outputs'/],
])("%s = %s is refused, and the error names the parameter", (name, value, message) => {
  expect(() => parse(name, value)).toThrow(
    expect.objectContaining({
      code: "ERR_CONFIG_FIELD",
      details: { field: name },
      message: expect.stringMatching(message),
    }),
  );
});

test("the prefix is case-sensitive, and an error proposes it", () => {
  expect(() => parse("Wasm_NN.a", "{}")).toThrow(
    /does not exist, did you mean wasm_nn\.a\? .* and wasm_nn\.<graph>/,
  );
});
