import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { GUEST_TEXT_MAX_BYTES, TENSOR_MAX_RANK } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { type TableOptions, TableServices } from "../support/wasm/table-services.js";

const REQUESTS = [
  {
    inputs: [{ name: "INPUT0", datatype: 9, shape: [2, -1, 7], byteSize: 4_000_000_000 }],
    outputs: ["OUTPUT0"],
    id: "ïd",
    correlationId: 18_446_744_073_709_551_615n,
  },
  { inputs: [], outputs: [], correlationId: "sequence" },
];

/** Runs triton_execute with this body. */
function execute(body: string, { more = "", ...options }: TableOptions & { more?: string } = {}) {
  const services = new TableServices(REQUESTS, options);
  const guest = new GuestInstance(compileGuest(body, more), services);
  try {
    return { services, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, status: undefined, error };
  }
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const logged = (call: string, at: number, bytes: number) =>
  `${call} (drop (call $log (i32.const 0) (i32.const ${at}) (i32.const ${bytes})))`;

test("ids and correlation ids are texts; the type of the correlation id is available", () => {
  const id = "(call $request_id (i32.const 0) (i32.const 500) (i32.const 20))";
  const one = execute(logged(id, 500, 3));
  expect([one.status, one.services.lines[0]!.message]).toEqual([3, "ïd"]);
  for (const [request, text, type] of [
    [0, "18446744073709551615", 0],
    [1, "sequence", 1],
  ] as const) {
    const call = `(call $request_correlation_id (i32.const ${request}) (i32.const 500) (i32.const 20))`;
    const { status, services } = execute(logged(call, 500, text.length));
    expect([status, services.lines[0]!.message]).toEqual([text.length, text]);
    expect(execute(`(call $request_correlation_id_type (i32.const ${request}))`).status).toBe(type);
  }
});

test("an input's datatype, shape and size", () => {
  expect(execute("(call $input_datatype (i32.const 0) (i32.const 0))").status).toBe(9);
  expect(execute("(call $input_byte_size (i32.const 0) (i32.const 0))").status).toBe(
    4_000_000_000 | 0,
  );
  const shape = (capacity: number) =>
    `(call $input_shape (i32.const 0) (i32.const 0) (i32.const 512) (i32.const ${capacity}))
     (drop (call $metric_new (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 16) (i32.const 1)))
     (drop (call $metric_add (i32.const 0) (f64.convert_i64_s (i64.load (i32.const 528)))))
     (drop (call $metric_add (i32.const 0) (f64.neg (f64.convert_i64_s (i64.load (i32.const 520))))))`;
  const whole = execute(shape(3));
  expect([whole.status, whole.services.counters[0]!.sum]).toEqual([3, 8]);
  const cut = execute(shape(2));
  expect([cut.status, cut.services.counters[0]!.sum]).toEqual([3, 1]);
});

test.each([
  [
    "(call $input_shape (i32.const 0) (i32.const 0) (i32.const 65532) (i32.const 1))",
    /shape at 65532 with 8/,
  ],
  [
    "(call $input_shape (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1))",
    /shape at 0 with 34359738360/,
  ],
  [
    "(call $input_shape (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0))",
    /input 1, but there are 1/,
  ],
  ["(call $input_datatype (i32.const 1) (i32.const 0))", /input 0, but there are 0/],
  ["(call $input_byte_size (i32.const 2) (i32.const 0))", /request 2, but there are 2/],
  ["(call $request_id (i32.const 2) (i32.const 0) (i32.const 0))", /request 2, but there are 2/],
  [
    "(call $request_correlation_id (i32.const 0) (i32.const 65536) (i32.const 1))",
    /correlation id at 65536/,
  ],
  ["(call $request_correlation_id_type (i32.const -1))", /request 4294967295/],
  [
    "(call $output_zero (i32.const 0) (i32.const 1) (i32.const 11) (i32.const 0) (i32.const 0))",
    /output 1, but there are 1/,
  ],
  [
    "(call $output_zero (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 65530) (i32.const 1))",
    /the shape of output 'OUTPUT0' of request 0 at 65530/,
  ],
  [
    "(call $response_parameter_string (i32.const 0) (i32.const 65536) (i32.const 1) (i32.const 0) (i32.const 0))",
    /a parameter's key at 65536/,
  ],
  [
    "(call $response_parameter_string (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 1))",
    /a parameter's text at 4294967295/,
  ],
  [
    "(call $response_parameter_int (i32.const 9) (i32.const 0) (i32.const 0) (i64.const 0))",
    /request 9/,
  ],
])("%s is refused", (call, message) => {
  expect(execute(call).error).toEqual(refusal("ERR_GUEST_POINTER", message));
});

const zero = (rank: number) =>
  `(call $output_zero (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 512) (i32.const ${rank}))`;

test("an output of zeros has the shape that the guest passes", () => {
  const more = `(data (i32.const 512) "\\02\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00")`;
  const { status, services } = execute(zero(2), { more });
  expect(status).toBe(0);
  expect(services.zeros).toEqual([{ request: 0, output: "OUTPUT0", datatype: 11, shape: [2, 0] }]);
});

test("an output of zeros cannot have a negative dimension, a huge dimension, or too many dimensions", () => {
  const minus = `(data (i32.const 512) "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff")`;
  expect(execute(zero(1), { more: minus }).error).toEqual(
    refusal("ERR_GUEST_OUTPUT", /output 'OUTPUT0' of request 0 with the dimension -1 at index 0/),
  );
  const huge = `(data (i32.const 512) "\\00\\00\\00\\00\\00\\00\\00\\40")`;
  expect(execute(zero(1), { more: huge }).error).toEqual(
    refusal(
      "ERR_GUEST_OUTPUT",
      /output 'OUTPUT0' of request 0 with the dimension 4611686018427387904 at index 0/,
    ),
  );
  expect(execute(zero(TENSOR_MAX_RANK + 1)).error).toEqual(
    refusal("ERR_GUEST_OUTPUT", /output 'OUTPUT0' of request 0 with 1025 dimensions/),
  );
});

const PARAMETERS = `
  (drop (call $response_parameter_string (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 21) (i32.const 2)))
  (drop (call $response_parameter_int (i32.const 0) (i32.const 16) (i32.const 1) (i64.const 0x8000000000000000)))
  (drop (call $response_parameter_bool (i32.const 0) (i32.const 17) (i32.const 1) (i32.const 256)))
  (call $response_parameter_double (i32.const 0) (i32.const 18) (i32.const 1) (f64.const 1.5))`;

test("response parameters keep their types; a double is dropped", () => {
  const { status, services } = execute(PARAMETERS);
  expect(status).toBe(0);
  expect(services.parameters).toEqual([
    { request: 0, key: "said", value: "by" },
    { request: 0, key: "s", value: -(2n ** 63n) },
    { request: 0, key: "a", value: true },
  ]);
});

test("on a release without texts as correlation ids, each id is a number", () => {
  const call = "(call $request_correlation_id_type (i32.const 0))";
  expect(execute(call, { carriesTextCorrelationIds: false }).status).toBe(0);
});

test("on a release without response parameters, they are dropped without an error", () => {
  const { status, services } = execute(PARAMETERS, { carriesParameters: false });
  expect(status).toBe(0);
  expect(services.parameters).toEqual([]);
});

test("the text of a parameter is not changed; a text that is too long is refused", () => {
  const text = (bytes: number) =>
    `(call $response_parameter_string (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 512) (i32.const ${bytes}))`;
  const { services } = execute(text(2), { more: `(data (i32.const 512) "\\0a\\09")` });
  expect(services.parameters).toEqual([{ request: 0, key: "s", value: "\n\t" }]);
  expect(execute(text(GUEST_TEXT_MAX_BYTES + 1)).error).toEqual(
    refusal("ERR_GUEST_ARGUMENT", /a parameter's text of 8193 bytes/),
  );
});
