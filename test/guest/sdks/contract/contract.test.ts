import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../../../host/guest/instance.js";
import { compileGuestModule, type GuestModule } from "../../../../host/guest/module.js";
import { CAPS } from "../../../support/wasm/assemble.js";
import {
  type TableInput,
  type TableRequest,
  TableServices,
} from "../../../support/wasm/table-services.js";
import {
  bytesOf,
  CONTRACT_FILES,
  CONTRACT_MODELS,
  REPORT_OF_FILES,
  reportOfConfig,
  textsOf,
} from "./contract.js";
import { bf16Bits, bf16Value, f16Bits, f16Value, HALVES } from "./halves.js";

const INVALID_ARG = 3;
const BYTES = 13;

const CONFIG = {
  name: "contract",
  input: [
    { name: "TEXTS", data_type: "TYPE_STRING", dims: [-1] },
    { name: "FLOATS", data_type: "TYPE_FP32", dims: ["-1"] },
  ],
  output: [{ name: "REPORT", data_type: "TYPE_STRING", dims: [-1] }],
  parameters: { greeting: { string_value: "grüße" }, empty: { string_value: "" } },
};

const MODELS = CONTRACT_MODELS.map(
  ([language, bytes]) => [language, compileGuestModule(bytes, CAPS)] as const,
);

/** What the model makes of a request. */
function run(guest: GuestModule, id: string, request: Partial<TableRequest> = {}) {
  const services = new TableServices([{ inputs: [], outputs: ["REPORT"], id, ...request }], {
    files: Object.fromEntries(
      Object.entries(CONTRACT_FILES).map(([name, text]) => [name, Buffer.from(text)]),
    ),
    arguments: { model_config: JSON.stringify(CONFIG), model_version: "7" },
  });
  const instance = new GuestInstance(guest, services);
  if (instance.has("triton_initialize")) expect(instance.call("triton_initialize")).toBe(0);
  expect(instance.call("triton_execute")).toBe(0);
  const { errors, written } = services;
  return {
    errors: errors.map(({ code, message }) => [code, message]),
    report: written.flatMap(({ data }) => textsOf(data)),
    shapes: written.map(({ shape }) => shape),
    services,
  };
}

const floats = (values: Float32Array): TableInput => ({
  name: "FLOATS",
  shape: [values.length],
  byteSize: values.byteLength,
  data: new Uint8Array(values.buffer),
});

const texts = (data: Uint8Array, shape: number[]): TableInput => ({
  name: "TEXTS",
  datatype: BYTES,
  shape,
  byteSize: data.length,
  data,
});

describe.each(MODELS)("the SDK of %s", (_language, guest) => {
  test("reads the model's configuration and its parameters", () => {
    const { report, errors } = run(guest, "config");
    expect(errors).toEqual([]);
    expect(report).toEqual(reportOfConfig("contract", "7"));
  });

  test("reads the types and values of the client's parameters", () => {
    const parameters =
      '{"text":"a \\"ü\\" , }","int":-9223372036854775808,"bool":true,"double":2.5}';
    expect(run(guest, "parameters", { parameters }).report).toEqual([
      'text string a "ü" , }',
      "int int -9223372036854775808",
      "bool bool true",
      "double double 2500",
      "missing none",
    ]);
    const others = '{"text":"","int":9007199254740993,"bool":false,"double":-1e2}';
    expect(run(guest, "parameters", { parameters: others }).report).toEqual([
      "text string ",
      "int int 9007199254740993",
      "bool bool false",
      "double double -100000",
      "missing none",
    ]);
  });

  test("writes to the log at all levels", () => {
    const { report, services } = run(guest, "log");
    expect(services.lines).toEqual([
      { level: 0, message: "an info line" },
      { level: 1, message: "a warning" },
      { level: 2, message: "an error" },
      { level: 3, message: "a verbose line" },
    ]);
    expect(report).toEqual(["enabled true false"]);
  });

  test("reads the files beside the model", () => {
    expect(run(guest, "files").report).toEqual(REPORT_OF_FILES);
  });

  test("reads the elements of BYTES and makes others", () => {
    const given = ["", "a", "grüße", "x".repeat(1_000)];
    const request = { inputs: [texts(bytesOf(given), [4])] };
    const { report, shapes } = run(guest, "bytes", request);
    expect(report).toEqual(given.toReversed());
    expect(shapes).toEqual([[4]]);
    expect(run(guest, "bytes", { inputs: [texts(Buffer.alloc(0), [0])] }).shapes).toEqual([[0]]);
  });

  test.each([
    ["that end within a length", bytesOf(["ab"]).subarray(0, 3), "ends within an element", 0],
    ["that end within an element", bytesOf(["ab"]).subarray(0, 5), "ends within an element", 1],
    [
      "whose last length is huge",
      Buffer.concat([bytesOf(["ab"]), Buffer.from([255, 255, 255, 255])]),
      "ends within an element",
      2,
    ],
    ["of too many elements", bytesOf(["a", "b"]), "has 2 elements, but the shape [1]", 1],
  ])("refuses data of BYTES %s", (_case, data, what, elements) => {
    const { errors, report } = run(guest, "bytes", { inputs: [texts(data, [elements])] });
    expect(errors).toEqual([[INVALID_ARG, `input TEXTS ${what}`]]);
    expect(report).toEqual([]);
  });

  test("converts FP16 and BF16 from and to FP32", () => {
    for (let from = 0; from < HALVES.length; from += 1_000) {
      const values = HALVES.slice(from, from + 1_000);
      const { report } = run(guest, "halves", { inputs: [floats(values)] });
      expect(report).toEqual(
        [...values].map((value) => {
          const [fp16, bf16] = [f16Bits(value), bf16Bits(value)];
          return `${fp16} ${f16Value(fp16)} ${bf16} ${bf16Value(bf16)}`;
        }),
      );
    }
  });
});
