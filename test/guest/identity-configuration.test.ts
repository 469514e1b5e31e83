import { readFileSync } from "node:fs";
import {
  configOf,
  IdentityGuest,
  load,
  OPTIONAL,
  pair,
  refusal,
  tensor,
} from "./identity-guest.js";

const INPUT = { optional: false };

test.each([
  ["more inputs", 2, 1],
  ["more outputs", 0, 1],
])("a configuration with %s than the other is refused", (_what, inputs, outputs) => {
  const config = configOf([], {
    input: Array.from({ length: inputs }, (_, index) => tensor(`INPUT${index}`, INPUT)),
    output: Array.from({ length: outputs }, (_, index) => tensor(`OUTPUT${index}`)),
  });
  expect(refusal(config)).toBe(
    `model 'm': expected equal input/output pairs, got ${inputs} inputs and ${outputs} outputs`,
  );
});

test("a configuration without tensors, or without anything, is accepted", () => {
  for (const config of [configOf([]), {}, { input: null, output: null, parameters: null }]) {
    load(config).execute({ inputs: [], outputs: [] });
  }
});

test.each(["IN0", "input0", "XINPUT0", "", "INPUT", "INPUTx", "INPUT1x", "INPUT-1", "INPUT 1"])(
  "an input named '%s' is refused",
  (name) => {
    const config = configOf([pair(0), [tensor(name, INPUT), tensor("OUTPUT1")]]);
    expect(refusal(config)).toBe(
      `model 'm': expected input name to follow INPUT<index> pattern, got '${name}'`,
    );
  },
);

test.each(["OUT0", "output0", "OUTPU", "INPUT0", "OUTPUT", "OUTPUT_0", "OUTPUT0.5", "OUTPUT+1"])(
  "an output named '%s' is refused",
  (name) => {
    const config = configOf([[tensor("INPUT0", INPUT), tensor(name)]]);
    expect(refusal(config)).toBe(
      `model 'm': expected output name to follow OUTPUT<index> pattern, got '${name}'`,
    );
  },
);

test("a name longer than 256 bytes is refused", () => {
  const config = configOf([pair("1".repeat(252))]);
  expect(refusal(config)).toContain("expected input name to follow INPUT<index> pattern, got");
  expect(refusal(configOf([pair("1".repeat(251))]))).toContain("to follow OUTPUT<index> pattern");
});

test("inputs and outputs are paired by the text of their index, not by its value or position", () => {
  const config = (input: string, output: string) =>
    configOf([pair(5), [tensor(`INPUT${input}`, INPUT), tensor(`OUTPUT${output}`)]]);
  expect(refusal(config("7", "07"))).toBe(
    "model 'm': expected input and output indices to match, but no input matches 'OUTPUT07'",
  );
  expect(refusal(config("07", "7"))).toContain("no input matches 'OUTPUT7'");
  load(
    configOf([
      [tensor("INPUT2", INPUT), tensor("OUTPUT07")],
      [tensor("INPUT07", INPUT), tensor("OUTPUT2")],
    ]),
  );
});

test("the data types of a pair must be equal", () => {
  const config = configOf([
    pair(0),
    [
      tensor("INPUT1", { ...INPUT, data_type: "TYPE_INT32" }),
      tensor("OUTPUT1", { data_type: "TYPE_UINT32" }),
    ],
  ]);
  expect(refusal(config)).toBe(
    "model 'm': expected 'INPUT1' and 'OUTPUT1' datatype to match, got TYPE_INT32 and TYPE_UINT32",
  );
});

const shapes = (input: object, output: object) =>
  configOf([[tensor("INPUT3", { ...INPUT, ...input }), tensor("OUTPUT3", { ...output })]]);

test.each([
  [{ dims: [1, 2] }, { dims: [1, 3] }, "[1,2] and [1,3]"],
  [{ dims: [1] }, { dims: [1, 1] }, "[1] and [1,1]"],
  [{ dims: [-1] }, { dims: [4] }, "[-1] and [4]"],
  [{ dims: [1], reshape: { shape: [] } }, { dims: [1] }, "[] and [1]"],
  [{ dims: [6] }, { dims: [6], reshape: { shape: [2, 3] } }, "[6] and [2,3]"],
  [{ dims: [6], reshape: null }, { dims: [7], reshape: null }, "[6] and [7]"],
  [
    { dims: ["9007199254740993"] },
    { dims: ["9007199254740992"] },
    "[9007199254740993] and [9007199254740992]",
  ],
])("shapes %j and %j do not match", (input, output, said) => {
  expect(refusal(shapes(input, output))).toBe(
    `model 'm': expected 'INPUT3' and 'OUTPUT3' shape to match, got ${said}`,
  );
});

test.each([
  [{ dims: [-1, 4] }, { dims: [-1, 4] }],
  [{ dims: [2, 3], reshape: { shape: [6] } }, { dims: [6] }],
  [{ dims: ["-1", "4"] }, { dims: [-1, 4] }],
  [{ reshape: { shape: ["6"] } }, { dims: [6] }],
  [
    { dims: [1], reshape: { shape: [] } },
    { dims: [1, 1], reshape: { shape: [] } },
  ],
])("shapes %j and %j match", (input, output) => {
  load(shapes(input, output));
});

describe("of several mistakes, the one that NVIDIA's backend finds first is reported", () => {
  test("mismatches of outputs are checked in the text order of their indices", () => {
    const bad = (...suffixes: string[]) =>
      configOf(
        ["2", "10", "1", "0"].map((suffix) => {
          const [input, output] = pair(suffix);
          return suffixes.includes(suffix) ? [input, { ...output, dims: [3] }] : [input, output];
        }),
      );
    expect(refusal(bad("0", "1", "10", "2"))).toContain("'OUTPUT0' shape");
    expect(refusal(bad("2", "10", "1"))).toContain("'OUTPUT1' shape");
    expect(refusal(bad("2", "10"))).toContain("'OUTPUT10' shape");
    expect(refusal(bad("2"))).toContain("'OUTPUT2' shape");
  });

  test("the data type of a pair is checked before its shape, and before the next pair", () => {
    const config = configOf([
      [tensor("INPUT1", INPUT), tensor("OUTPUT1", { data_type: "TYPE_INT8", dims: [2] })],
      [tensor("INPUT0", INPUT), tensor("OUTPUT2")],
    ]);
    expect(refusal(config)).toContain("datatype to match, got TYPE_FP32 and TYPE_INT8");
  });

  test("names are checked before the matching, and counts before names", () => {
    const wrong = [tensor("INPUT0", INPUT), tensor("OUTPUT0", { dims: [9] })] as const;
    expect(refusal(configOf([wrong, [tensor("IN", INPUT), tensor("OUTPUT1")]]))).toContain(
      "INPUT<index>",
    );
    expect(refusal(configOf([], { input: [tensor("IN", INPUT)] }))).toContain("equal input/output");
  });

  test("row 11: at one place: input's name, optional, output's name, data types, shapes, the optional's type", () => {
    const input: Record<string, unknown> = { name: "IN" };
    const output: Record<string, unknown> = { name: "OUT" };
    const said = () => refusal(configOf([[input, output]]));
    expect(said()).toContain("to follow INPUT<index> pattern");
    input.name = "INPUT0";
    expect(said()).toContain("non-existing object member 'optional'");
    input.optional = true;
    expect(said()).toContain("to follow OUTPUT<index> pattern");
    output.name = "OUTPUT0";
    expect(said()).toContain("non-existing object member 'data_type' of input");
    input.data_type = "TYPE_ODD";
    expect(said()).toContain("non-existing object member 'data_type' of output");
    output.data_type = "TYPE_EVEN";
    expect(said()).toContain("non-existing object member 'dims' of input");
    input.dims = [1];
    expect(said()).toContain("non-existing object member 'dims' of output");
    output.dims = [2];
    expect(said()).toBe("model 'm': optional input 'INPUT0' has the unknown data type 'TYPE_ODD'");
    input.optional = false;
    expect(said()).toContain("datatype to match, got TYPE_ODD and TYPE_EVEN");
    output.data_type = "TYPE_ODD";
    expect(said()).toContain("shape to match, got [1] and [2]");
    output.dims = [1];
    load(configOf([[input, output]]));
  });

  test("the tensors are checked before the parameters", () => {
    const config = configOf([[tensor("INPUT0", INPUT), tensor("OUTPUT0", { dims: [1] })]], {
      parameters: { execute_delay_ms: { string_value: "x" } },
    });
    expect(refusal(config)).toContain("shape to match");
  });
});

describe("a member that is missing or of another kind is refused by name", () => {
  test.each([
    ["optional", undefined, "a boolean"],
    ["optional", "true", "a boolean"],
    ["optional", null, "a boolean"],
    ["optional", 1, "a boolean"],
    ["data_type", undefined, "a string"],
    ["data_type", 11, "a string"],
    ["dims", undefined, "an array of whole numbers"],
    ["dims", 3, "an array of whole numbers"],
    ["dims", [1.5], "an array of whole numbers"],
    ["dims", [1, "x"], "an array of whole numbers"],
    ["dims", [null], "an array of whole numbers"],
    ["dims", [1e30], "an array of whole numbers"],
    ["dims", [[1]], "an array of whole numbers"],
  ])("%s: %j", (key, value, wanted) => {
    const [input, output] = pair(4);
    const config = configOf([pair(0), [{ ...input, [key]: value }, output]]);
    expect(refusal(config)).toBe(
      `model 'm': attempt to access non-existing object member '${key}' of input 1 'INPUT4', it must be ${wanted}`,
    );
  });

  test("a tensor without a name, or one that is not an object", () => {
    for (const output of [{ dims: [1] }, 5, null, "OUTPUT0", [], { name: 5 }]) {
      const config = configOf([pair(0)], { output: [output] });
      expect(refusal(config)).toContain("non-existing object member 'name' of output 0");
    }
  });

  test("a reshape without a shape", () => {
    for (const reshape of [{}, [], "x", { shape: 5 }]) {
      const [input, output] = pair(0, { reshape });
      expect(refusal(configOf([[input, output]]))).toContain(
        "non-existing object member 'shape' of input 0 'INPUT0'",
      );
    }
  });

  test("inputs that are not a list", () => {
    expect(refusal(configOf([], { input: {} }))).toContain("'input' is not an array");
    expect(refusal(configOf([], { output: "x" }))).toContain("'output' is not an array");
  });
});

test("every data type of Triton is accepted, optional or not", () => {
  const types = ["BOOL", "STRING", "FP16", "FP32", "FP64", "BF16"].concat(
    ["8", "16", "32", "64"].flatMap((bits) => [`INT${bits}`, `UINT${bits}`]),
  );
  for (const input of [INPUT, OPTIONAL]) {
    load(configOf(types.map((type, index) => pair(index, { data_type: `TYPE_${type}` }, input))));
  }
});

test("a model of many pairs loads", () => {
  const guest = load(configOf(Array.from({ length: 2_000 }, (_, index) => pair(index))));
  const { copies } = guest.execute({
    inputs: ["INPUT1999", "INPUT0"],
    outputs: ["OUTPUT0", "OUTPUT1999"],
  });
  expect(copies.length).toBe(2);
});

describe("the configuration's text", () => {
  const text = JSON.stringify(configOf([pair(0)], { name: '\u{1f600} é " \\ \n' }));

  test.each([
    ["", 0],
    ["   ", 3],
    ["no", 0],
    ["[]", 2],
    ['"INPUT0"', 8],
    ["null", 4],
    ["12", 2],
    [`${text}}`, Buffer.byteLength(text)],
    [`${text}\u0000`, Buffer.byteLength(text)],
    ['{"input":[}', 10],
    ['{"a":01}', 6],
    ['{"a":"\\x"}', 6],
    ['{"a":"\\ud800"}', 6],
    ['{"a":"\\udc00"}', 6],
    ['{"a":"\\ud800\\u0041"}', 6],
    ['{"a":"\\u12g4"}', 6],
    ['{"a":"\t"}', 6],
    ["{'a':1}", 1],
    ['{"a":1,}', 7],
    ['{"a":+1}', 5],
    ['{"a":1e}', 7],
    ['{"a":nul}', 5],
    ['{"a":NaN}', 5],
  ])("%j is refused at byte %d", (config, at) => {
    expect(refusal(config)).toBe(
      `model 'm': the configuration is not a JSON object (read up to byte ${at})`,
    );
  });

  test("is refused wherever it ends too early", () => {
    for (let end = 0; end < text.length; end++) {
      expect(refusal(text.slice(0, end))).toContain("is not a JSON object");
    }
  });

  test("never makes the model trap, whatever bytes are changed", () => {
    let seed = 11;
    for (let round = 0; round < 3_000; round++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const at = seed % text.length;
      const character = String.fromCharCode((seed >>> 8) % 128);
      const { status, failure } = new IdentityGuest(
        text.slice(0, at) + character + text.slice(at + 1),
      );
      expect(failure === undefined).toBe(status === 0);
    }
  });

  test.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("may nest %s 64 levels deep, and no deeper", (_what, open, close) => {
    const nested = (depth: number) =>
      `{"input":[],"x":${open.repeat(depth)}${close === "}" ? "1" : ""}${close.repeat(depth)}}`;
    expect(new IdentityGuest(nested(63)).status).toBe(0);
    expect(refusal(nested(64))).toContain("is not a JSON object");
    expect(refusal(`{"x":${open.repeat(200_000)}`)).toContain("is not a JSON object");
  });

  test("is the same with escapes and blanks, in names and in keys", () => {
    const escaped = (value: string) =>
      [...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const tensorText = (name: string) =>
      ` { "n\\u0061me" : "${escaped(name)}" ,\r\n\t"data_type":"TYPE\\u005FFP32","dims":[ -1 , "\\u0032" ],"optional" : false } `;
    const config = `\n{ "${escaped("input")}": [${tensorText("INPUT0")}], "output": [${tensorText("OUTPUT0")}] } `;
    const guest = new IdentityGuest(config);
    expect([guest.failure, guest.status]).toEqual([undefined, 0]);
    const { copies } = guest.execute({ inputs: ["INPUT0"], outputs: ["OUTPUT0"] });
    expect(copies.length).toBe(1);
  });

  test("is shown in errors without changes: every escape, and characters of every length", () => {
    const name = '"\\/\b\f\n\r\té€\u{1f600}߿ࠀ￿';
    const config = `{"input":[{"name":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\uDE00\\u07ff\\u0800\\uffff"}],"output":[{}]}`;
    // Control characters become blanks on the way out.
    expect(refusal(config)).toContain(`got '${name.replace(/[\b\f\n\r\t]/g, " ")}'`);
    expect(refusal(JSON.stringify({ input: [{ name }], output: [{}] }))).toContain("\u{1f600}߿ࠀ￿'");
  });

  test("uses the first of two members with the same name", () => {
    expect(refusal('{"input":[],"input":[1,2],"output":[1]}')).toContain("got 0 inputs and 1 ");
  });

  test("is cut off in an error that is too long", () => {
    const said = refusal(configOf([[tensor("x".repeat(100_000), INPUT), tensor("OUTPUT0")]]));
    expect(said.length).toBe(8_192);
    expect(said).toMatch(
      /^model 'm': expected input name to follow INPUT<index> pattern, got 'x+$/,
    );
  });

  test("is required, unlike the model's name", () => {
    expect(refusal({}, { arguments: { model_name: "ö" } })).toBe(
      "model 'ö': the server sent no configuration",
    );
    expect(refusal({}, { arguments: { model_config: "" } })).toContain("model '': the config");
    expect(refusal({}, { arguments: {} })).toContain("model '': the server sent no");
  });
});

interface Fixture {
  readonly release: string;
  readonly moment: string;
  readonly expected: { readonly args?: Readonly<Record<string, string>> };
}

const { fixtures } = JSON.parse(
  readFileSync(new URL("../fixtures/index.json", import.meta.url), "utf8"),
) as { fixtures: readonly Fixture[] };

test.each(
  fixtures.flatMap(({ release, moment, expected: { args } }) =>
    moment === "initialize-request" && args !== undefined ? [[release, args] as const] : [],
  ),
)("what a real server of %s says at the start is understood", (_release, args) => {
  const { input } = JSON.parse(args.model_config!) as { input: readonly { name: string }[] };
  const guest = load({}, { arguments: args });
  const inputs = input.map(({ name }) => name);
  const outputs = inputs.map((name) => name.replace("INPUT", "OUTPUT"));
  expect(guest.execute({ inputs, outputs }).copies.length).toBe(inputs.length);
});
