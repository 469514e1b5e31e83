import { expect, test } from "@jest/globals";
import { CALL_ITEMS_MAX, TENSOR_MAX_RANK } from "../../../host/limits.js";
import {
  BUFFER,
  CONTEXT,
  ERRNO,
  executeNn,
  load,
  must,
  nn,
  output,
  RESULT,
  TENSOR,
  tensor,
} from "./nn-guest.js";

const PAGE = 65_536;
const SET = nn("set_input", 0, 0, TENSOR);
const COMPUTED = `${CONTEXT} ${must(nn("compute", 0))}`;
const RESPONSES = [{ outputs: [output("OUTPUT0", 1, 2, 3), output("scores")] }];

test.each([
  ["load_by_name", nn("load_by_name", PAGE - 2, 3, RESULT), /a graph's name at 65534 with 3/],
  ["load_by_name", nn("load_by_name", 0, -1, RESULT), /a graph's name at 0 with 4294967295/],
  [
    "load_by_name",
    nn("load_by_name", 100, 3, PAGE - 3),
    /a place for a result of wasi-nn at 65533/,
  ],
  ["init_execution_context", nn("init_execution_context", 0, -4), /wasi-nn at 4294967292/],
  ["set_input", nn("set_input", 0, 0, PAGE - 19), /a tensor of wasi-nn at 65517 with 20/],
  ["set_input", nn("set_input", 0, 0, -1), /a tensor of wasi-nn at 4294967295/],
  ["set_input", `${tensor({ at: PAGE - 3 })} ${SET}`, /the dimensions of a tensor at 65533 with 4/],
  [
    "set_input",
    `${tensor({ at: PAGE - 8, rank: TENSOR_MAX_RANK })} ${SET}`,
    /the dimensions of a tensor at 65528 with 4096/,
  ],
  ["set_input", `${tensor({ data: PAGE - 1 })} ${SET}`, /the data of a tensor at 65535 with 2/],
  [
    "set_input",
    `${tensor({ dimensions: [-1], length: -1 })} ${SET}`,
    /the data of a tensor at 700 with 4294967295/,
  ],
  [
    "get_output",
    nn("get_output", 0, 0, PAGE - 1, 2, RESULT),
    /a buffer for an output's data at 65535/,
  ],
  ["get_output", nn("get_output", 0, 0, 0, -1, RESULT), /an output's data at 0 with 4294967295/],
  ["get_output", nn("get_output", 0, 0, BUFFER, 16, PAGE - 3), /a result of wasi-nn at 65533/],
])("%s: a place outside of the memory ends the guest's call: %#", (_name, body, message) => {
  const { error } = executeNn(`${COMPUTED} ${body}`, { responses: RESPONSES });
  expect(error).toEqual(
    expect.objectContaining({ code: "ERR_GUEST_POINTER", message: expect.stringMatching(message) }),
  );
});

test("a name above the limit of texts ends the guest's call", () => {
  expect(executeNn(nn("load_by_name", 0, 8_193, RESULT)).error).toMatchObject({
    code: "ERR_GUEST_ARGUMENT",
    message: expect.stringContaining("a graph's name of 8193 bytes"),
  });
});

test.each([
  [nn("load_by_name", 100, 0, RESULT), /needs the name of a graph/],
  [nn("load_by_name", -1, 0, RESULT), /needs the name of a graph/],
  [nn("init_execution_context", 1, RESULT), /graph 1 does not exist/],
  [nn("init_execution_context", -1, RESULT), /graph 4294967295 does not exist/],
  [nn("set_input", 1, 0, TENSOR), /execution context 1 does not exist/],
  [nn("set_input", -1, 0, -1), /execution context 4294967295 does not exist/],
  [nn("compute", 7), /execution context 7 does not exist/],
  [nn("compute", -2_147_483_648), /execution context 2147483648 does not exist/],
  [nn("get_output", 3, 0, BUFFER, 16, RESULT), /execution context 3 does not exist/],
  [`${tensor()} ${nn("set_input", 0, CALL_ITEMS_MAX, TENSOR)}`, /has no input 256/],
  [`${tensor()} ${nn("set_input", 0, -1, TENSOR)}`, /has no input 4294967295/],
  [nn("get_output", 0, -1, BUFFER, 16, RESULT), /has no output 4294967295/],
  [
    nn("get_output", 0, 1, BUFFER, 16, RESULT),
    /returned no output 'OUTPUT1' \(it returned 'OUTPUT0', 'scores'\): model parameter wasm_nn\.net/,
  ],
  [`${tensor({ type: 6 })} ${SET}`, /tensor type 6 of wasi-nn does not exist/],
  [`${tensor({ type: 255 })} ${SET}`, /tensor type 255/],
  [`${tensor({ rank: TENSOR_MAX_RANK + 1 })} ${SET}`, /has 1025 dimensions/],
  [`${tensor({ rank: -1 })} ${SET}`, /has 4294967295 dimensions/],
  [`${tensor({ length: 1 })} ${SET}`, /has 1 bytes, but type u8 and dimensions \[2\] need 2/],
  [`${tensor({ dimensions: [0], length: 1 })} ${SET}`, /need 0/],
  [`${tensor({ dimensions: [65_536, 65_536], length: 0 })} ${SET}`, /need 4294967296/],
  [`${tensor({ dimensions: new Array(14).fill(-1), length: 0 })} ${SET}`, /need \d\.\d+e\+134/],
])("a wrong argument is an error number, and a line says what is wrong: %#", (body, message) => {
  const { status, error, warnings } = executeNn(`${COMPUTED} ${body}`, { responses: RESPONSES });
  expect(error).toBeUndefined();
  expect(status).toBe(ERRNO.invalidArgument);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^1 wasi-nn: /);
  expect(warnings[0]).toMatch(message);
});

test("an index beyond the names of the configuration is refused", () => {
  const options = { graphs: { net: { inputs: ["a"], outputs: [] } } };
  const input = executeNn(`${CONTEXT} ${tensor()} ${nn("set_input", 0, 1, TENSOR)}`, options);
  expect(input.status).toBe(ERRNO.invalidArgument);
  expect(input.warnings[0]).toMatch(/graph 'net' has no input 1: it has at most 1/);
  const read = executeNn(`${CONTEXT} ${nn("get_output", 0, 0, BUFFER, 1, RESULT)}`, options);
  expect(read.warnings[0]).toMatch(/graph 'net' has no output 0: it has at most 0/);
});

test("a buffer that is too small stays as it is, and a larger one gets the output", () => {
  const { status, warnings } = executeNn(
    `${COMPUTED} (if (i32.ne ${nn("get_output", 0, 0, BUFFER, 2, RESULT)} (i32.const ${ERRNO.tooLarge})) (then (return (i32.const 99))))
     (if (i32.load (i32.const ${BUFFER})) (then (return (i32.const 98))))
     ${must(nn("get_output", 0, 0, BUFFER, 3, RESULT))} (i32.load (i32.const ${BUFFER}))`,
    { responses: RESPONSES },
  );
  expect(status).toBe(0x030201);
  expect(warnings).toEqual([
    "1 wasi-nn: output 'OUTPUT0' has 3 bytes, but the buffer of get_output has 2",
  ]);
});

test("tensors without bytes: the place of the data does not matter", () => {
  const { status, events } = executeNn(
    `${CONTEXT} ${tensor({ dimensions: [0, -1], data: -1, length: 0 })} ${must(SET)} ${must(nn("compute", 0))}
     ${must(nn("get_output", 0, 0, -1, 0, RESULT))} (i32.load (i32.const ${RESULT}))`,
    { graphs: { net: { outputs: ["scores"] } }, responses: RESPONSES },
  );
  expect(status).toBe(0);
  expect(events).toContain("input 0: INPUT0 2 [0,4294967295] ");
});

test("names and errors that are long or not printable make one line of the log", () => {
  const { warnings } = executeNn(
    `${must(load("grüß"))} ${must(nn("init_execution_context", 0, RESULT))} ${nn("compute", 0)}`,
    {
      graphs: { grüß: { model: "net" } },
      responses: [{ error: { code: 3, message: `\u001b[31m\n${"x".repeat(20_000)}` } }],
    },
  );
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^1 wasi-nn: graph 'grüß' failed: {2}\[31m x+/);
  expect(warnings[0]!.length).toBeLessThan(8_300);
});

test("a result may overlap the buffer: it is written last", () => {
  const { status } = executeNn(
    `${COMPUTED} ${must(nn("get_output", 0, 0, BUFFER, 16, BUFFER))} (i32.load (i32.const ${BUFFER}))`,
    { responses: RESPONSES },
  );
  expect(status).toBe(3);
});
