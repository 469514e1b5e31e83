import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ModelRepository } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";
import { expectRefusal, type TensorConfig, unequalConfig } from "./refusals.js";

type Tensors = readonly (TensorConfig | string)[];
type Case = readonly [title: string, inputs: Tensors, outputs: Tensors, sentence: string];

const INT32 = { type: "TYPE_INT32" };
const FLOATS_2 = { dims: [2] };

const CASES: readonly Case[] = [
  [
    "row 1: more inputs than outputs are refused",
    ["INPUT0", "INPUT1"],
    ["OUTPUT0"],
    "equal input/output pairs",
  ],
  [
    "row 1: fewer inputs than outputs are refused",
    ["INPUT0"],
    ["OUTPUT0", "OUTPUT1"],
    "equal input/output pairs",
  ],
  ["row 1: an output without any input is refused", [], ["OUTPUT0"], "equal input/output pairs"],
  [
    "row 4: an input of another name is refused",
    ["DATA0"],
    ["OUTPUT0"],
    "to follow INPUT<index> pattern, got 'DATA0'",
  ],
  [
    "row 4: an input in lower case is refused",
    ["input0"],
    ["OUTPUT0"],
    "to follow INPUT<index> pattern, got 'input0'",
  ],
  [
    "row 4: an input whose name only contains the prefix is refused",
    ["_INPUT0"],
    ["OUTPUT0"],
    "to follow INPUT<index> pattern, got '_INPUT0'",
  ],
  [
    "row 5: an output of another name is refused",
    ["INPUT0"],
    ["RESULT0"],
    "to follow OUTPUT<index> pattern, got 'RESULT0'",
  ],
  [
    "row 5: an output in lower case is refused",
    ["INPUT0"],
    ["output0"],
    "to follow OUTPUT<index> pattern, got 'output0'",
  ],
  [
    "row 6: an output whose index no input has is refused",
    ["INPUT0", "INPUT1"],
    ["OUTPUT0", "OUTPUT2"],
    "input and output indices to match",
  ],
  [
    "row 6: indices are texts, 07 is not 7",
    ["INPUT7"],
    ["OUTPUT07"],
    "input and output indices to match",
  ],
  [
    "row 7: an input without an index is refused at load instead of an abort at the first request",
    ["INPUT"],
    ["OUTPUT"],
    "to follow INPUT<index> pattern, got 'INPUT'",
  ],
  [
    "row 7: an index that is not a number is refused at load instead of an abort at the first request",
    ["INPUTx"],
    ["OUTPUTx"],
    "to follow INPUT<index> pattern, got 'INPUTx'",
  ],
  [
    "row 7: an optional input whose index is not a number is refused",
    [{ name: "INPUT1a", more: "optional: true" }],
    ["OUTPUT1a"],
    "to follow INPUT<index> pattern, got 'INPUT1a'",
  ],
  [
    "row 8: two data types in a pair are refused",
    [{ name: "INPUT0", type: "TYPE_INT32" }],
    [{ name: "OUTPUT0", type: "TYPE_FP32" }],
    "'OUTPUT0' datatype to match, got TYPE_INT32 and TYPE_FP32",
  ],
  [
    "row 8: data types of one size are refused, too",
    [{ name: "INPUT0", type: "TYPE_FP16" }],
    [{ name: "OUTPUT0", type: "TYPE_BF16" }],
    "'OUTPUT0' datatype to match, got TYPE_FP16 and TYPE_BF16",
  ],
  [
    "row 9: two shapes in a pair are refused",
    [{ name: "INPUT0", dims: [2, 8] }],
    [{ name: "OUTPUT0", dims: [8, 2] }],
    "'OUTPUT0' shape to match, got [2,8] and [8,2]",
  ],
  [
    "row 9: a variable dimension does not match a fixed one",
    [{ name: "INPUT0", dims: [-1, 3] }],
    [{ name: "OUTPUT0", dims: [5, 3] }],
    "'OUTPUT0' shape to match, got [-1,3] and [5,3]",
  ],
  [
    "row 9: shapes of two ranks are refused",
    [{ name: "INPUT0", dims: [6] }],
    [{ name: "OUTPUT0", dims: [6, 1] }],
    "'OUTPUT0' shape to match, got [6] and [6,1]",
  ],
  [
    "row 9: the reshape of an input counts, not its dims",
    [{ name: "INPUT0", dims: [6], more: "reshape { shape: [2, 3] }" }],
    [{ name: "OUTPUT0", dims: [6] }],
    "'OUTPUT0' shape to match, got [2,3] and [6]",
  ],
  [
    "row 9: the reshape of an output counts, not its dims",
    [{ name: "INPUT0", dims: [6] }],
    [{ name: "OUTPUT0", dims: [6], more: "reshape { shape: [3, 2] }" }],
    "'OUTPUT0' shape to match, got [6] and [3,2]",
  ],
  [
    "row 10: of two mismatches the one whose suffix comes first as a text is told",
    ["INPUT2", "INPUT10"],
    [
      { name: "OUTPUT2", ...INT32 },
      { name: "OUTPUT10", ...INT32 },
    ],
    "'OUTPUT10' datatype to match, got TYPE_FP32 and TYPE_INT32",
  ],
  [
    "row 10: the order in the configuration does not count",
    ["INPUT0", "INPUT1"],
    [
      { name: "OUTPUT1", ...INT32 },
      { name: "OUTPUT0", ...FLOATS_2 },
    ],
    "'OUTPUT0' shape to match, got [4] and [2]",
  ],
  [
    "row 10: the data type is compared before the shape",
    ["INPUT0"],
    [{ name: "OUTPUT0", ...INT32, ...FLOATS_2 }],
    "'OUTPUT0' datatype to match, got TYPE_FP32 and TYPE_INT32",
  ],
  [
    "rows 1, 4: the number of tensors is checked before their names",
    ["DATA0", "DATA1"],
    ["RESULT0"],
    "equal input/output pairs",
  ],
  [
    "rows 4, 5: at one position the input's name is checked before the output's",
    ["DATA0"],
    ["RESULT0"],
    "to follow INPUT<index> pattern, got 'DATA0'",
  ],
  [
    "rows 4, 5: an output is checked before an input at a later position",
    ["INPUT0", "DATA1"],
    ["RESULT0", "OUTPUT1"],
    "to follow OUTPUT<index> pattern, got 'RESULT0'",
  ],
  [
    "rows 5, 8: all names are checked before any pair",
    ["INPUT0", "INPUT1"],
    [{ name: "OUTPUT0", ...INT32 }, "RESULT1"],
    "to follow OUTPUT<index> pattern, got 'RESULT1'",
  ],
  [
    "rows 6, 10: an output without an input is told in text order, too",
    ["INPUT0", "INPUT1"],
    ["OUTPUT3", { name: "OUTPUT1", ...FLOATS_2 }],
    "'OUTPUT1' shape to match, got [4] and [2]",
  ],
];

const repository = new ModelRepository();
const answers = new Map<string, string | undefined>();
let server: TritonServer;

beforeAll(async () => {
  CASES.forEach(([, inputs, outputs], index) => {
    repository.add(`refused_${index}`, unequalConfig(inputs, outputs));
  });
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: IDENTITY_BACKENDS,
    // Complete configurations: without this, the server takes a second longer for each.
    args: ["--disable-auto-complete-config", "--model-load-thread-count=8"],
  });
  await Promise.all(
    CASES.map(async (_, index) => {
      const model = `refused_${index}`;
      answers.set(model, await server.http.loadError(model));
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

test.each(CASES.map(([title, , , sentence], index) => ({ title, sentence, index })))(
  "$title",
  ({ sentence, index }) => {
    const model = `refused_${index}`;
    expectRefusal(server, model, answers.get(model), sentence);
  },
);

test("rows 1, 4, 5, 6, 7, 8, 9: no refused model leaves a process behind, and the server lives on", async () => {
  expect(server.stubs()).toEqual([]);
  expect(await server.http.live()).toBe(true);
});
