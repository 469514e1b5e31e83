import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { GUEST_TEXT_MAX_BYTES } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const CONFIG = {
  name: "mödel",
  max_batch_size: 8,
  input: [{ name: "IN", data_type: "TYPE_FP16", dims: [-1, 3] }],
  output: [{ name: "OUT", data_type: "TYPE_BF16", dims: ["9007199254740993"] }, { name: "NONE" }],
  parameters: { key: { string_value: "välue" }, "": { string_value: "of nothing" } },
};
const PARAMETERS = '{"key":"välue","int":-9223372036854775808,"flag":true,"pi":3.25,"null":null}';
const DATA = `(data (i32.const 100) "keyINOUTintflagpi\\ff")`;
const AT = {
  key: [100, 3],
  IN: [103, 2],
  OUT: [105, 3],
  int: [108, 3],
  flag: [111, 4],
  pi: [115, 2],
};

/** Runs triton_execute with this body, which leaves an i32. */
function execute(body: string) {
  const request = { inputs: [], outputs: [], parameters: PARAMETERS };
  const services = new TableServices([request], {
    arguments: { model_config: JSON.stringify(CONFIG) },
  });
  const guest = new GuestInstance(compileGuest(body, DATA), services);
  try {
    return { status: guest.call("triton_execute"), lines: services.lines.map((l) => l.message) };
  } catch (error) {
    return { error };
  }
}

const i32s = (numbers: readonly number[]) => numbers.map((n) => `(i32.const ${n})`).join(" ");
const call = (name: string, ...numbers: number[]) => `(call $${name} ${i32s(numbers)})`;
/** Logs what a call has written to 200, and leaves the call's result. */
const logged = (name: string, ...numbers: number[]) =>
  `(local.set $i ${call(name, ...numbers)}) (drop ${call("log", 0, 200, 8)}) (local.get $i)`;

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** As {@link execute}, with a local variable. */
const withLocal = (body: string) => execute(`(local $i i32) ${body}`);

test("the configuration's numbers, names, datatypes and shapes are what it says", () => {
  expect(execute(call("config_max_batch_size")).status).toBe(8);
  expect(withLocal(logged("config_name", 200, 8))).toEqual({
    status: 6,
    lines: [expect.stringMatching(/^mödel/)],
  });
  expect([0, 1].map((side) => execute(call("config_tensor_count", side)).status)).toEqual([1, 2]);
  expect(execute(call("config_tensor_find", 0, ...AT.IN)).status).toBe(0);
  expect(execute(call("config_tensor_find", 1, ...AT.IN)).status).toBe(-1);
  expect(withLocal(logged("config_tensor_name", 1, 1, 200, 8)).status).toBe(4);
  const types = [
    execute(call("config_tensor_datatype", 0, 0)),
    execute(call("config_tensor_datatype", 1, 0)),
  ];
  expect(types.map(({ status }) => status)).toEqual([10, 14]);
  expect(execute(call("config_tensor_datatype", 1, 1)).status).toBe(0);
});

test("a configured shape is written up to the capacity, with all 64 bits", () => {
  expect(execute(call("config_tensor_shape", 0, 0, 0, 0)).status).toBe(2);
  const second = `(drop ${call("config_tensor_shape", 0, 0, 200, 2)}) (i32.load (i32.const 208))`;
  expect(execute(second).status).toBe(3);
  const cut = `(drop ${call("config_tensor_shape", 0, 0, 200, 1)}) (i32.load (i32.const 208))`;
  expect(execute(cut).status).toBe(0);
  const low = `(drop ${call("config_tensor_shape", 1, 0, 200, 9)}) (i32.load (i32.const 200))`;
  expect(execute(low).status).toBe(1);
});

test("a model's parameter is written, an empty key is one, and a missing one is -1", () => {
  expect(execute(call("model_parameter", ...AT.key, 200, 100)).status).toBe(6);
  expect(execute(call("model_parameter", 0, 0, 200, 100)).status).toBe(10);
  expect(execute(call("model_parameter", ...AT.IN, 200, 100)).status).toBe(-1);
});

test.each([
  ["key", 1, 6],
  ["int", 2, 20],
  ["flag", 3, 4],
  ["pi", 4, 4],
  ["IN", 0, -1],
] as const)("the request's parameter '%s' has type %d and %d bytes of text", (key, type, bytes) => {
  expect(execute(call("request_parameter_type", 0, ...AT[key])).status).toBe(type);
  expect(execute(call("request_parameter", 0, ...AT[key], 200, 100)).status).toBe(bytes);
});

test("the request's parameters have numbers", () => {
  const int = (key: readonly number[]) =>
    `(i32.wrap_i64 (i64.shr_s ${call("request_parameter_int", 0, ...key)} (i64.const 32)))`;
  expect(execute(int(AT.int)).status).toBe(-(2 ** 31));
  expect(execute(`(i32.wrap_i64 ${call("request_parameter_int", 0, ...AT.flag)})`).status).toBe(1);
  expect(execute(`(i32.wrap_i64 ${call("request_parameter_int", 0, ...AT.pi)})`).status).toBe(0);
  const double = (key: readonly number[]) =>
    `(i32.trunc_sat_f64_s (f64.mul ${call("request_parameter_double", 0, ...key)} (f64.const 4)))`;
  expect(execute(double(AT.pi)).status).toBe(13);
  expect(execute(double(AT.key)).status).toBe(0);
  expect(execute(double(AT.int)).status).toBe(-(2 ** 31));
});

const HUGE = -1;
const LONG = GUEST_TEXT_MAX_BYTES + 1;

test.each([
  ["config_tensor_count", [2], /side 2 of its configuration: use 0 \(inputs\) or 1/],
  ["config_tensor_name", [HUGE, 0, 0, 0], /side 4294967295 of its configuration/],
  ["config_tensor_name", [0, 1, 0, 0], /configured input 1, but there are 1/],
  ["config_tensor_datatype", [1, HUGE], /configured output 4294967295, but there are 2/],
  ["config_tensor_shape", [0, 0, 65_000, 100], /a configured shape at 65000 with 800 bytes/],
  ["config_tensor_shape", [0, 0, 0, HUGE], /a configured shape at 0 with 34359738360 bytes/],
  ["config_tensor_name", [0, 0, HUGE, 8], /a tensor's name at 4294967295/],
  ["config_tensor_find", [0, 0, HUGE], /a tensor's name at 0 with 4294967295 bytes/],
  ["config_name", [65_530, 7], /the model's name at 65530/],
  ["model_parameter", [0, LONG, 0, 0], /a parameter's key of 8193 bytes, above the limit/],
  ["model_parameter", [100, 3, HUGE, 1], /a buffer for a parameter at 4294967295/],
  ["request_parameter", [1, 100, 3, 0, 0], /asked for request 1, but there are 1/],
  ["request_parameter_type", [0, 0, HUGE], /a parameter's key at 0 with 4294967295 bytes/],
  ["request_parameter", [0, 100, 3, 65_530, 100], /a buffer for a parameter at 65530/],
] as const)("%s refuses %j", (name, numbers, message) => {
  expect(execute(call(name, ...numbers)).error).toEqual(
    refusal(
      message.source.includes("of its") || message.source.includes("above")
        ? "ERR_GUEST_ARGUMENT"
        : "ERR_GUEST_POINTER",
      message,
    ),
  );
});

test("a key that is not UTF-8 is the key of nothing", () => {
  expect(execute(call("model_parameter", 117, 1, 200, 8)).status).toBe(-1);
  expect(execute(call("request_parameter_type", 0, 117, 1)).status).toBe(0);
  expect(execute(call("config_tensor_find", 0, 117, 1)).status).toBe(-1);
});
