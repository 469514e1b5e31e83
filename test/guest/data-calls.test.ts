import { GuestInstance } from "../../host/guest/instance.js";
import { MODEL_CONFIG_MAX_BYTES, TENSOR_MAX_RANK } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const DATA = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const REQUESTS = [
  {
    inputs: ["INPUT0", { name: "ÏN", byteSize: 8, data: DATA }],
    outputs: ["OUTPUT0", "OUTPUT1"],
    flags: 3,
    timeout: 2n ** 63n + 5n,
    parameters: '{"a":"ü"}',
  },
];

/** Runs triton_execute with this body. */
function execute(body: string, more = "") {
  const services = new TableServices(REQUESTS);
  const guest = new GuestInstance(compileGuest(body, more), services);
  try {
    return { services, guest, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, guest, status: undefined, error };
  }
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** `(call $name (i32.const …) …)` */
const call = (name: string, ...args: number[]) =>
  `(call $${name} ${args.map((arg) => `(i32.const ${arg})`).join(" ")})`;

test("flags, time-out and parameters of a request", () => {
  expect(execute(call("request_flags", 0)).status).toBe(3);
  const timeout = "(i32.wrap_i64 (i64.shr_u (call $request_timeout (i32.const 0)) (i64.const 60)))";
  expect(execute(timeout).status).toBe(8);
  expect(execute("(i32.wrap_i64 (call $request_timeout (i32.const 0)))").status).toBe(5);
  const { status, services } = execute(
    `${call("request_parameters", 0, 500, 100)} (drop ${call("log", 0, 500, 10)})`,
  );
  expect([status, services.lines[0]!.message]).toEqual([10, '{"a":"ü"}']);
});

test("inputs and requested outputs are found by name; a missing one returns -1", () => {
  const names = `(data (i32.const 100) "INPUT0") (data (i32.const 200) "\\c3\\8fN") (data (i32.const 300) "OUTPUT1")`;
  expect(execute(call("input_find", 0, 100, 6), names).status).toBe(0);
  expect(execute(call("input_find", 0, 200, 3), names).status).toBe(1);
  expect(execute(call("input_find", 0, 100, 5), names).status).toBe(-1);
  expect(execute(call("input_find", 0, 300, 7), names).status).toBe(-1);
  expect(execute(call("output_find", 0, 300, 7), names).status).toBe(1);
  expect(execute(call("output_find", 0, 100, 6), names).status).toBe(-1);
  expect(execute(call("output_find", 0, 65_530, 7), names).error).toEqual(
    refusal("ERR_GUEST_POINTER", /an output's name at 65530/),
  );
});

test.each([
  [0, 8, 8, 0x01],
  [3, 2, 2, 0x04],
  [6, 100, 2, 0x07],
  [8, 4, 0, 0],
  [-1, 4, 0, 0],
])(
  "a read of 8 bytes of input from offset %d, at most %d bytes, copies %d",
  (offset, length, count, first) => {
    expect(execute(call("input_read", 0, 1, offset, 1_000, length)).status).toBe(count);
    const loaded = `(drop ${call("input_read", 0, 1, offset, 1_000, length)}) (i32.load8_u (i32.const 1000))`;
    expect(execute(loaded).status).toBe(first);
  },
);

test.each([
  [1_000, -1],
  [65_530, 7],
  [-4, 8],
])("a buffer at %d for %d bytes of input is refused", (target, length) => {
  expect(execute(call("input_read", 0, 1, 0, target, length)).error).toEqual(
    refusal("ERR_GUEST_POINTER", /a buffer for an input's data at/),
  );
});

const SHAPE = `(data (i32.const 400) "\\02\\00\\00\\00\\00\\00\\00\\00\\03\\00\\00\\00\\00\\00\\00\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff")`;

test("an output is created with its shape, and written in parts", () => {
  const { status, services } = execute(
    `(drop ${call("output_create", 0, 1, 6, 400, 2, 6)})
     (drop ${call("output_write", 0, 1, 0, 16, 4)})
     ${call("output_write", 0, 1, 4, 20, 2)}`,
    SHAPE,
  );
  expect(status).toBe(0);
  expect(services.written).toEqual([
    {
      request: 0,
      output: "OUTPUT1",
      datatype: 6,
      shape: [2, 3],
      data: new Uint8Array(Buffer.from("said b")),
    },
  ]);
});

test("output_create returns -2 when the request has failed because memory ran out", () => {
  const services = new TableServices(REQUESTS);
  services.withoutMemory.add(0);
  const module = compileGuest(call("output_create", 0, 0, 6, 400, 2, 6), SHAPE);
  expect(new GuestInstance(module, services).call("triton_execute")).toBe(-2);
});

test.each([
  [
    "ERR_GUEST_OUTPUT",
    call("output_create", 0, 0, 6, 400, 3, 6),
    /OUTPUT0' .* dimension -1 at index 2/,
  ],
  [
    "ERR_GUEST_OUTPUT",
    call("output_create", 0, 0, 6, 0, TENSOR_MAX_RANK + 1, 6),
    /OUTPUT0' of request 0 with 1025 dimensions/,
  ],
  ["ERR_GUEST_OUTPUT", call("output_create", 0, 0, 6, 0, -1, 6), /with 4294967295 dimensions/],
  [
    "ERR_GUEST_POINTER",
    call("output_create", 0, 0, 6, 65_530, 1, 6),
    /the shape of output 'OUTPUT0' of request 0 at 65530/,
  ],
  ["ERR_GUEST_POINTER", call("output_create", 0, 2, 6, 0, 0, 1), /output 2, but there are 2/],
  ["ERR_GUEST_POINTER", call("output_write", 0, 0, 0, 65_530, 7), /an output's data at 65530/],
  ["ERR_GUEST_POINTER", call("output_write", 0, 0, 0, 16, -1), /with 4294967295 bytes/],
])("%s: %s", (code, body, message) => {
  expect(execute(body, SHAPE).error).toEqual(refusal(code, message));
});

test("the clocks have a resolution of one millisecond", () => {
  const rest = (which: number) =>
    `(i32.wrap_i64 (i64.rem_u (call $clock (i32.const ${which})) (i64.const 1000000)))`;
  expect([execute(rest(0)).status, execute(rest(1)).status]).toEqual([0, 0]);
  const days = "(i32.wrap_i64 (i64.div_u (call $clock (i32.const 0)) (i64.const 86400000000000)))";
  expect(execute(days).status).toBe(Math.floor(Date.now() / 86_400_000));
  expect(execute("(i32.wrap_i64 (call $clock (i32.const 2)))").error).toEqual(
    refusal("ERR_GUEST_ARGUMENT", /read clock 2/),
  );
});

test("random bytes fill exactly the requested range", () => {
  const drawn = `(drop ${call("random", 1_000, 8)})
    (i32.or (i64.eqz (i64.load (i32.const 1000))) (i64.ne (i64.const 0) (i64.load (i32.const 1008))))`;
  expect(execute(drawn).status).toBe(0);
  expect(execute(call("random", 65_530, 7)).error).toEqual(
    refusal("ERR_GUEST_POINTER", /random bytes at 65530/),
  );
});

test("a gauge can be set and can decrease, a counter cannot", () => {
  const set = (value: string) => `(call $metric_set (i32.const 0) (f64.const ${value}))`;
  const metric = (kind: number) => `(drop ${call("metric_new", kind, 16, 4, 16, 4)})`;
  const { services } = execute(
    `${metric(1)} (drop ${set("7.5")}) (call $metric_add (i32.const 0) (f64.const -2))`,
  );
  expect(services.events).toEqual(["gauge said", "said = 7.5", "said += -2"]);
  const reason =
    "(drop (call $fail (i32.const 64) (call $last_error (i32.const 64) (i32.const 99))))";
  for (const [kind, value, words] of [
    [0, "1", /metric 0 cannot be set to 1: only a gauge can be set/],
    [1, "nan", /metric 0 cannot be set to NaN/],
  ] as const) {
    const { status, guest } = execute(`${metric(kind)} ${set(value)} ${reason}`);
    expect(status).toBe(-1);
    expect(guest.failure).toMatch(words);
  }
  expect(execute(metric(2) + set("1")).error).toEqual(
    refusal("ERR_GUEST_ARGUMENT", /a metric of kind 2/),
  );
});

test("a configuration is passed as a whole, up to its limit", () => {
  expect(execute(call("set_model_config", 16, 17)).services.modelConfig).toBe("said by the guest");
  const grown = "(drop (memory.grow (i32.const 20)))";
  expect(
    execute(`${grown} ${call("set_model_config", 0, MODEL_CONFIG_MAX_BYTES + 1)}`).error,
  ).toEqual(refusal("ERR_GUEST_ARGUMENT", /a model configuration of 1048577 bytes/));
});
