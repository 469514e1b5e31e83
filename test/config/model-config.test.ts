import { DEFAULT_CEILINGS } from "../../host/config/ceilings.js";
import { parseModelConfig as parseWithin } from "../../host/config/model-config.js";
import { parseSandboxConfig } from "../../host/config/model-limits.js";

/** A configuration as the server prints it: proto names, defaults, 64-bit numbers as numbers. */
const PRINTED = {
  name: "identity",
  platform: "",
  backend: "wasm",
  runtime: "",
  version_policy: { latest: { num_versions: 1 } },
  max_batch_size: 8,
  input: [{ name: "INPUT0", data_type: "TYPE_FP32", dims: [-1], optional: false }],
  output: [{ name: "OUTPUT0", data_type: "TYPE_FP32", dims: [-1] }],
  instance_group: [{ name: "identity_0", kind: "KIND_CPU", count: 1 }],
  default_model_filename: "",
  cc_model_filenames: {},
  parameters: {},
  model_warmup: [],
};

const parseModelConfig = (json: string) => parseWithin(json, DEFAULT_CEILINGS);
const NO_PARAMETERS = parseSandboxConfig(new Map(), DEFAULT_CEILINGS);

const parse = (changes: object) => parseModelConfig(JSON.stringify({ ...PRINTED, ...changes }));

const refusal = (field: string, value: string) =>
  expect.objectContaining({ code: "ERR_CONFIG_FIELD", details: { field, value } });

test("the server's configuration of a plain model is read with our defaults", () => {
  expect(parse({})).toEqual({
    name: "identity",
    modelFile: "model.wasm",
    sandbox: NO_PARAMETERS,
    instanceGroups: [{ name: "identity_0", count: 1 }],
  });
});

test("an empty object is a configuration with defaults", () => {
  expect(parseModelConfig("{}")).toEqual({
    name: "",
    modelFile: "model.wasm",
    sandbox: NO_PARAMETERS,
    instanceGroups: [],
  });
});

test.each(["", "{", "nothing", "{'name': 1}"])("'%s' is refused: it is not JSON", (text) => {
  expect(() => parseModelConfig(text)).toThrow(
    expect.objectContaining({
      code: "ERR_CONFIG_FIELD",
      message: expect.stringContaining("the model configuration is not valid JSON"),
    }),
  );
});

test.each(["model.wasm", "other.wasm", ".hidden", "..wasm", "a b", "mödel", "model.py"])(
  "default_model_filename may be '%s'",
  (name) => {
    expect(parse({ default_model_filename: name }).modelFile).toBe(name);
  },
);

test.each(["/etc/passwd", "../model.wasm", "a/b.wasm", "..", ".", "b/", "/"])(
  "default_model_filename may not be '%s', which leads out of the version directory",
  (name) => {
    expect(() => parse({ default_model_filename: name })).toThrow(
      refusal("default_model_filename", name),
    );
    expect(() => parse({ default_model_filename: name })).toThrow(
      `default_model_filename is '${name}': it must name a file`,
    );
  },
);

test("the limits of the guest are read from the parameters", () => {
  const parameters = { wasm_execute_deadline_ms: { string_value: "250" } };
  expect(parse({ parameters }).sandbox.limits.executeDeadlineMs).toBe(250);
});

test("a limit without a value is refused", () => {
  for (const parameter of [null, {}, { string_value: undefined }, "5"]) {
    expect(() => parse({ parameters: { wasm_execute_deadline_ms: parameter } })).toThrow(
      refusal("wasm_execute_deadline_ms", ""),
    );
  }
});

test("parameters with other names are ignored, including names of built-in properties", () => {
  for (const parameters of [null, [], "text", { constructor: 1, __proto__: { x: 1 } }]) {
    expect(parse({ parameters }).sandbox.limits).toEqual(parse({}).sandbox.limits);
  }
});

test.each([
  ["name", { name: { toString: 1 } }],
  ["default_model_filename", { default_model_filename: [] }],
  ["wasm_failures_max", { parameters: { wasm_failures_max: { string_value: {} } } }],
  ["instance_group.name", { instance_group: [{ name: 1, count: 1 }] }],
  ["instance_group.count", { instance_group: [{ name: "a", count: null }] }],
  ["instance_group.count", { instance_group: [{ name: "a", count: 1.5 }] }],
  ["instance_group.count", { instance_group: [{ name: "a", count: -1 }] }],
  ["instance_group.count", { instance_group: [{ name: "a", count: "1" }] }],
])("a value of another type for %s is refused", (field, changes) => {
  expect(() => parse(changes)).toThrow(
    expect.objectContaining({ code: "ERR_CONFIG_FIELD", details: { field } }),
  );
});

test("an environment variable may have the name of a built-in property", () => {
  const { sandbox } = parseModelConfig(
    '{"parameters":{"wasm_env.__proto__":{"string_value":"a"},"wasm_env.constructor":{"string_value":"b"}}}',
  );
  expect(Object.entries(sandbox.environment)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

describe("finding 4: a configuration that makes the server run commands is refused, and the error says that they may have run", () => {
  test.each(["env.tar.gz", "/opt/env", "$$TRITON_MODEL_DIRECTORY/env", ""])(
    "the parameter EXECUTION_ENV_PATH, as '%s'",
    (value) => {
      const parameters = { EXECUTION_ENV_PATH: { string_value: value } };
      expect(() => parse({ parameters })).toThrow(refusal("EXECUTION_ENV_PATH", value));
      expect(() => parse({ parameters })).toThrow(
        /EXECUTION_ENV_PATH is '.*': the server runs bin\/activate of .*It may have run already/,
      );
    },
  );

  test.each([..."|&;<>()$`\\\"'*?[]{}#~!\n\t\r\0"])("the character %j in a name", (character) => {
    const value = `a${character}b`;
    for (const [field, changes] of [
      ["name", { name: value }],
      ["default_model_filename", { default_model_filename: value }],
      ["instance_group.name", { instance_group: [{ name: value, count: 1 }] }],
    ] as const) {
      expect(() => parse(changes)).toThrow(refusal(field, value));
      expect(() => parse(changes)).toThrow(
        `and the shell interprets ${JSON.stringify(character)}. A command in it may have run already`,
      );
    }
  });

  test("but characters that a shell does not interpret are accepted, and any characters in other fields", () => {
    const name = "a b-c_d.e,f+g=h@i:j%k^l";
    expect(parse({ name }).name).toBe(name);
    const parameters = { mine: { string_value: "$(touch /tmp/x)" } };
    expect(parse({ parameters, metric_tags: { a: ";" } }).name).toBe("identity");
  });
});
