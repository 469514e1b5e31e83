import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuest } from "../support/wasm/assemble.js";
import type { TableResponse } from "../support/wasm/table-calls.js";
import { TableServices } from "../support/wasm/table-services.js";

/** Texts of the guest, and dimensions [2]. */
const MORE = `(data (i32.const 1000) "square") (data (i32.const 1010) "IN") (data (i32.const 1020) "OUT")
  (data (i32.const 1030) "absent") (data (i32.const 1040) "\\02\\00\\00\\00\\00\\00\\00\\00")`;
const CREATE = "(drop (call $call_create (i32.const 1000) (i32.const 6) (i64.const -1)))";
const NEXT = `${CREATE} (drop (call $call_send (i32.const 0) (i32.const 0)))
  (drop (call $call_wait (i32.const 0) (i32.const 5)))`;
const OUT = "(i32.const 1020) (i32.const 3)";
const RESPONSE: TableResponse = {
  outputs: [
    { name: "OTHER", datatype: 13, shape: [], data: new Uint8Array() },
    { name: "OUT", datatype: 8, shape: [2n, 3n], data: Uint8Array.of(1, 2, 3, 4) },
  ],
  parameters: '{"key":1}',
};
const ERROR: TableResponse = { error: { code: 5, message: "no such thing" } };

function execute(body: string, responses: readonly TableResponse[] = [RESPONSE]) {
  const services = new TableServices([{ inputs: ["IN"], outputs: ["OUT"] }]);
  services.calls.models.set("square", responses);
  const guest = new GuestInstance(compileGuest(body, MORE), services);
  const { events } = services.calls;
  try {
    return { services, events, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, events, status: undefined, error };
  }
}

/** The text that a function writes to 2000. */
function written(call: string, responses?: readonly TableResponse[]): string {
  const { services } = execute(
    `${NEXT} (drop (call $log (i32.const 0) (i32.const 2000) ${call})) (i32.const 0)`,
    responses,
  );
  return services.lines[0]!.message;
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test("a call is described as the guest builds it", () => {
  const name = "(i32.const 1010) (i32.const 2)";
  const { status, events } = execute(`${CREATE} ${CREATE}
    (drop (call $call_input (i32.const 0) ${name} (i32.const 8) (i32.const 1040) (i32.const 1) (i32.const 1000) (i32.const 3)))
    (drop (call $call_input_from (i32.const 0) ${name} (i32.const 0) (i32.const 0)))
    (drop (call $call_output (i32.const 0) ${OUT}))
    (drop (call $call_parameter_string (i32.const 0) ${name} ${OUT}))
    (drop (call $call_parameter_int (i32.const 0) ${name} (i64.const -7)))
    (drop (call $call_parameter_bool (i32.const 0) ${name} (i32.const 2)))
    (drop (call $call_request_id (i32.const 0) ${OUT}))
    (drop (call $call_correlation_id (i32.const 0) (i64.const -1)))
    (drop (call $call_correlation_id_string (i32.const 0) ${OUT}))
    (drop (call $call_flags (i32.const 0) (i32.const 3)))
    (drop (call $call_timeout (i32.const 0) (i64.const 250)))
    (drop (call $call_trace_from (i32.const 0) (i32.const 0)))
    (drop (call $call_send (i32.const 0) (i32.const 1)))
    (drop (call $call_cancel (i32.const 0)))
    (drop (call $call_wait_any (i32.const -1)))
    (drop (call $call_wait (i32.const 0) (i32.const 9)))
    (drop (call $call_input_from_call (i32.const 1) ${name} (i32.const 0) (i32.const 1)))
    (drop (call $output_forward (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)))
    (call $call_close (i32.const 0))`);
  expect(status).toBe(0);
  expect(events).toEqual([
    "create square -1",
    "create square -1",
    "input 0: IN 8 [2] 737175",
    "input 0: IN <- request 0 input 0",
    "output 0: OUT",
    "parameter 0: IN = OUT",
    "parameter 0: IN = -7",
    "parameter 0: IN = true",
    "id 0: OUT",
    "correlation id 0: bigint 18446744073709551615",
    "correlation id 0: string OUT",
    "flags 0: 3",
    "timeout 0: 250",
    "trace 0: request 0",
    "send 0 for a stream",
    "cancel 0",
    "wait any: 4294967295",
    "wait 0: 9",
    "input 1: IN <- call 0 output 1",
    "forward 0: output 0 <- call 0 output 1",
    "close 0",
  ]);
});

test.each([
  ["the number of outputs", "(call $call_output_count (i32.const 0))", 2],
  ["the index of an output", `(call $call_output_find (i32.const 0) ${OUT})`, 1],
  [
    "an output that is not there",
    "(call $call_output_find (i32.const 0) (i32.const 1010) (i32.const 2))",
    -1,
  ],
  ["a datatype", "(call $call_output_datatype (i32.const 0) (i32.const 1))", 8],
  ["a size", "(call $call_output_byte_size (i32.const 0) (i32.const 1))", 4],
  [
    "a rank",
    "(call $call_output_shape (i32.const 0) (i32.const 1) (i32.const 2048) (i32.const 2))",
    2,
  ],
  [
    "a dimension",
    "(drop (call $call_output_shape (i32.const 0) (i32.const 1) (i32.const 2048) (i32.const 2))) (i32.load (i32.const 2056))",
    3,
  ],
  [
    "a slice of the data",
    "(drop (call $call_output_read (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 2048) (i32.const 9))) (i32.load (i32.const 2048))",
    0x0403,
  ],
  [
    "the length of a slice",
    "(call $call_output_read (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 2048) (i32.const 9))",
    1,
  ],
  ["no error", "(call $call_error_code (i32.const 0))", -1],
  ["no error text", "(call $call_error (i32.const 0) (i32.const 2048) (i32.const 9))", -1],
  ["the end of the responses", "(call $call_wait (i32.const 0) (i32.const 0))", -1],
])("a guest reads %s", (_what, call, result) => {
  expect(execute(`${NEXT} ${call}`).status).toBe(result);
});

test("a guest reads names, parameters and the error of a response", () => {
  const buffer = "(i32.const 2000) (i32.const 50)";
  expect(written(`(call $call_output_name (i32.const 0) (i32.const 1) ${buffer})`)).toBe("OUT");
  expect(written(`(call $call_response_parameters (i32.const 0) ${buffer})`)).toBe('{"key":1}');
  expect(written(`(call $call_error (i32.const 0) ${buffer})`, [ERROR])).toBe("no such thing");
  expect(execute(`${NEXT} (call $call_error_code (i32.const 0))`, [ERROR]).status).toBe(5);
});

test("a refusal is a result, and last_error has its reason", () => {
  const absent = "(call $call_create (i32.const 1030) (i32.const 6) (i64.const 3))";
  expect(execute(absent).status).toBe(-1);
  const { services } = execute(`(drop ${absent}) (drop (call $log (i32.const 0) (i32.const 2000)
    (call $last_error (i32.const 2000) (i32.const 50)))) (i32.const 0)`);
  expect(services.lines[0]!.message).toBe("no model absent");
});

test.each([
  ["(call $call_send (i32.const 0) (i32.const 0))", /call 0, which is not open/],
  [
    `${CREATE} (drop (call $call_close (i32.const 0))) (call $call_wait (i32.const 0) (i32.const 0))`,
    /not open/,
  ],
  ["(call $call_close (i32.const -1))", /call 4294967295, which is not open/],
  [`${NEXT} (call $call_output_datatype (i32.const 0) (i32.const 2))`, /output 2, but there are 2/],
  [
    `${NEXT} (call $call_output_read (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 65530) (i32.const 9))`,
    /65530/,
  ],
  [
    `${NEXT} (call $call_output_shape (i32.const 0) (i32.const 1) (i32.const 0) (i32.const -1))`,
    /34359738360/,
  ],
  [
    `${NEXT} (call $output_forward (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0))`,
    /request 1, but there are 1/,
  ],
  [
    `${NEXT} (call $output_forward (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 7))`,
    /output 7/,
  ],
  [
    `${CREATE} (call $call_input_from (i32.const 0) ${OUT} (i32.const 0) (i32.const 1))`,
    /input 1, but there are 1/,
  ],
  [
    `${CREATE} (call $call_input (i32.const 0) ${OUT} (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 65535) (i32.const 2))`,
    /65535/,
  ],
  [
    `${CREATE} (call $call_input (i32.const 0) ${OUT} (i32.const 8) (i32.const 0) (i32.const 2000) (i32.const 0) (i32.const 0))`,
    /2000 dimensions/,
  ],
])("the wrong number in %s ends the call of the guest", (body, message) => {
  expect(execute(body).error).toMatchObject({
    code: expect.stringMatching(/^ERR_GUEST_(POINTER|OUTPUT)$/),
    message: expect.stringMatching(message),
  });
});

test("a call outside of triton_execute is refused with a sentence", () => {
  const services = new TableServices();
  services.calls.models.set("square", []);
  const module = compileGuest(
    "(i32.const 0)",
    `${MORE} (func (export "triton_initialize") (result i32) ${CREATE} (i32.const 0))`,
  );
  const guest = new GuestInstance(module, services);
  expect(() => guest.call("triton_initialize")).toThrow(
    refusal(
      "ERR_GUEST_ARGUMENT",
      /calls another model in triton_initialize: the server accepts calls only from triton_execute/,
    ),
  );
});

test("a guest loads and unloads models, and asks whether they are ready", () => {
  const square = "(i32.const 1000) (i32.const 6)";
  const absent = "(i32.const 1030) (i32.const 6)";
  const load = (name: string) => `(call $model_load ${name} (i32.const 1010) (i32.const 2))`;
  const { services } = execute(
    `(drop ${load(square)}) (call $model_unload ${square} (i32.const 1))`,
  );
  expect(services.events).toEqual(["load square IN", "unload square with dependents"]);
  expect(execute(load(absent)).status).toBe(-1);
  const ready = (name: string) => execute(`(call $model_is_ready ${name} (i64.const 2))`);
  expect(ready(square).status).toBe(1);
  expect(ready(absent).status).toBe(0);
  expect(ready(square).services.events).toEqual(["ready square 2"]);
});
