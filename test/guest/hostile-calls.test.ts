import { GuestInstance } from "../../host/guest/instance.js";
import type { GuestModule } from "../../host/guest/module.js";
import { GUEST_TEXT_MAX_BYTES } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const REQUESTS = [
  { inputs: ["INPUT0", "INPUT1"], outputs: ["OUTPUT0"] },
  { inputs: [], outputs: [] },
];
const PAGE = 65_536;

function instantiate(module: GuestModule, services = new TableServices(REQUESTS)) {
  return { services, guest: new GuestInstance(module, services) };
}

/** Runs triton_execute with this body. */
function execute(body: string, more = "") {
  const one = instantiate(compileGuest(body, more));
  try {
    return { ...one, status: one.guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { ...one, status: undefined, error };
  }
}

const pointerError = (message: string | RegExp) =>
  expect.objectContaining({ code: "ERR_GUEST_POINTER", message: expect.stringMatching(message) });

test.each([
  [
    "a request after the last",
    "(call $input_count (i32.const 2))",
    /asked for request 2, but there are 2/,
  ],
  ["request -1", "(call $output_count (i32.const -1))", /asked for request 4294967295, but/],
  [
    "an input after the last",
    "(call $input_name (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 8))",
    /asked for input 2, but there are 2/,
  ],
  [
    "input -1",
    "(call $input_name (i32.const 0) (i32.const -1) (i32.const 0) (i32.const 8))",
    /asked for input 4294967295/,
  ],
  [
    "an input of a request without any",
    "(call $input_name (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))",
    /asked for input 0, but there are 0/,
  ],
  [
    "an output after the last",
    "(call $output_name (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8))",
    /asked for output 1, but there are 1/,
  ],
  [
    "output -2147483648",
    "(call $output_name (i32.const 0) (i32.const 0x80000000) (i32.const 0) (i32.const 8))",
    /asked for output 2147483648/,
  ],
  [
    "a copy to an output that is not wanted",
    "(call $output_copy_input (i32.const 0) (i32.const 1) (i32.const 0))",
    /asked for output 1/,
  ],
  [
    "a copy of an input that is not there",
    "(call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 2))",
    /asked for input 2/,
  ],
  [
    "a copy for a request that is not there",
    "(call $output_copy_input (i32.const 7) (i32.const 0) (i32.const 0))",
    /asked for request 7/,
  ],
  [
    "an error of a request that is not there",
    "(call $response_error (i32.const 2) (i32.const 1) (i32.const 16) (i32.const 4))",
    /asked for request 2/,
  ],
])(
  "a guest that passes the index of %s fails with an error that names the index",
  (_what, body, message) => {
    const { error, services } = execute(body);
    expect(error).toEqual(pointerError(message));
    expect([services.copies, services.errors]).toEqual([[], []]);
  },
);

const RANGES: readonly (readonly [what: string, pointer: string, length: string])[] = [
  ["one byte beyond its memory", "65535", "2"],
  ["beginning beyond its memory", "65537", "1"],
  ["at -1", "-1", "1"],
  ["whose end wraps around 32 bits", "-16", "32"],
  ["whose end wraps to the very start", "-1", "0x10001"],
  ["of -1 bytes", "16", "-1"],
  ["of 2 GiB", "0", "0x80000000"],
];

describe.each(RANGES)("a buffer %s is refused", (_what, pointer, length) => {
  test.each([
    [
      "input_name",
      `(call $input_name (i32.const 0) (i32.const 0) (i32.const ${pointer}) (i32.const ${length}))`,
    ],
    [
      "output_name",
      `(call $output_name (i32.const 0) (i32.const 0) (i32.const ${pointer}) (i32.const ${length}))`,
    ],
    ["log", `(call $log (i32.const 0) (i32.const ${pointer}) (i32.const ${length}))`],
    [
      "response_error",
      `(call $response_error (i32.const 0) (i32.const 1) (i32.const ${pointer}) (i32.const ${length}))`,
    ],
  ])("by %s", (_name, body) => {
    const { error, services } = execute(body);
    expect(error).toEqual(pointerError(/beyond its memory of 65536 bytes/));
    expect([services.lines, services.errors]).toEqual([[], []]);
  });
});

test.each([PAGE, PAGE + 1, -1])(
  "an empty buffer may be at any address, for example at %d",
  (pointer) => {
    const { status } = execute(
      `(call $input_name (i32.const 0) (i32.const 1) (i32.const ${pointer}) (i32.const 0))`,
    );
    expect(status).toBe("INPUT1".length);
  },
);

test("a name is written up to the capacity, and its whole length is returned", () => {
  const { status } = execute(`
    (if (i32.ne (call $input_name (i32.const 0) (i32.const 1) (i32.const 1024) (i32.const 3)) (i32.const 6))
      (then (return (i32.const 1))))
    (if (i32.ne (i32.load (i32.const 1024)) (i32.const 0x504e49)) (then (return (i32.const 2))))
    (i32.const 0)`);
  expect(status).toBe(0);
});

const GROWN_NAME = `
  (if (i32.eq (memory.grow (i32.const 20)) (i32.const -1)) (then (return (i32.const 1))))
  (drop (call $input_name (i32.const 0) (i32.const 1) (i32.const 1000000) (i32.const 6)))
  (if (i32.ne (i32.load16_u (i32.const 1000004)) (i32.const 0x3154)) (then (return (i32.const 2))))
  (i32.const 0)`;

test("memory that a guest grows within a call can be used at once, also for names", () => {
  expect(execute(GROWN_NAME).status).toBe(0);
});

test("memory that a guest grows between calls can be used, and the old bounds do not apply any more", () => {
  const { guest } = instantiate(compileGuest(GROWN_NAME));
  expect([guest.call("triton_execute"), guest.call("triton_execute")]).toEqual([0, 0]);
});

test("growing the memory between two host calls never leaves a stale view", () => {
  const { services, status } = execute(`
    (drop (call $log (i32.const 0) (i32.const 16) (i32.const 4)))
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.const 65540) (i32.const 0x6e6f6c))
    (call $log (i32.const 0) (i32.const 65540) (i32.const 3))`);
  expect(status).toBe(0);
  expect(services.lines.map(({ message }) => message)).toEqual(["said", "lon"]);
});

test("the result of a guest that catches an error of a host function is discarded, and its later host calls fail", () => {
  const { error, services } = execute(
    `(try (do (drop (call $input_count (i32.const 99)))) (catch_all))
     (try (do (drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0)))) (catch_all))
     (try (do (drop (call $log (i32.const 0) (i32.const 16) (i32.const 4)))) (catch_all))
     (i32.const 0)`,
  );
  expect(error).toEqual(pointerError(/asked for request 99/));
  expect([services.copies, services.lines]).toEqual([[], []]);
});

test("after a guest caught an error of the host in one call, its next call fails as well", () => {
  const { guest } = instantiate(
    compileGuest(`(try (do (drop (call $input_count (i32.const 99)))) (catch_all)) (i32.const 0)`),
  );
  for (const _ of [1, 2]) {
    expect(() => guest.call("triton_execute")).toThrow(pointerError(/request 99/));
  }
});

test.each([
  ["unreachable", "(unreachable)", /unreachable/],
  ["an access beyond its memory", "(i32.load (i32.const 65536))", /memory access out of bounds/],
  ["a division by zero", "(i32.div_u (i32.const 1) (i32.const 0))", /divide by zero/],
  [
    "a call of a wrong type",
    "(call_indirect (result i32) (i32.const 0))",
    /null function|signature|table index/,
  ],
])("a guest that ends by %s traps, and the error names the function", (_what, body, reason) => {
  const { error } = execute(body, "(table 1 funcref)");
  expect(error).toEqual(
    expect.objectContaining({
      code: "ERR_GUEST_TRAP",
      message: expect.stringMatching(/^the model trapped in triton_execute/),
    }),
  );
  expect((error as Error).message).toMatch(reason);
});

test("a guest that throws an exception has trapped", () => {
  const { error } = execute("(throw $oops)", "(tag $oops)");
  expect(error).toEqual(expect.objectContaining({ code: "ERR_GUEST_TRAP" }));
});

test("infinite recursion overflows the stack, and the error names the function", () => {
  const { error } = execute("(call $execute)");
  expect(error).toEqual(
    expect.objectContaining({
      code: "ERR_GUEST_STACK",
      message: expect.stringMatching(/^the model overflowed its stack in triton_execute/),
    }),
  );
});

test("the error of a trap contains the text that the guest passed to fail before", () => {
  const { error } = execute("(drop (call $fail (i32.const 16) (i32.const 4))) (unreachable)");
  expect((error as Error).message).toMatch(/unreachable \(at execute\); it reported: said$/);
});

test("a function's name cannot forge lines or flood the log", () => {
  const name = `"$x\\1b[31m${"y".repeat(40_000)}"`;
  const { error } = execute(`(call $${name}) (i32.const 0)`, `(func $${name} (unreachable))`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
  expect((error as Error).message).not.toMatch(/[\u0000-\u001f\u007f]|y{9000}/);
});

test("recursion that ends in a host function is an overflow like any other", () => {
  const { error } = execute(
    "(drop (call $request_count)) (drop (call $deeper)) (i32.const 0)",
    "(func $deeper (result i32) (drop (call $request_count)) (call $deeper))",
  );
  expect(error).toEqual(expect.objectContaining({ code: "ERR_GUEST_STACK" }));
});

/** Services that record whether one of their functions was interrupted. */
class WholeServices extends TableServices {
  unfinished = 0;

  override log(level: number, message: string): void {
    this.unfinished += 1;
    this.descend(25, level, message);
    this.unfinished -= 1;
  }

  /** Uses as much stack as a function that only looks something up. */
  override inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    room: number,
  ): number {
    this.unfinished += 1;
    this.descend(4, input, "");
    const length = super.inputName(request, input, target, at, room);
    this.unfinished -= 1;
    return length;
  }

  private descend(depth: number, level: number, message: string): void {
    if (depth > 0) this.descend(depth - 1, level, message);
  }
}

test.each([
  ["that does much", "(drop (call $log (i32.const 0) (i32.const 16) (i32.const 4)))"],
  [
    "that does little",
    "(drop (call $input_name (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))",
  ],
])("a guest that has used up the stack cannot cut off a host function %s", (_what, call) => {
  const services = new WholeServices(REQUESTS);
  // At each depth on the way down, and again on the way up, with whatever the stack has left.
  const { guest } = instantiate(
    compileGuest(
      "(call $deeper) (i32.const 0)",
      `(func $deeper (try (do ${call}) (catch_all)) (try (do (call $deeper)) (catch_all ${call})))`,
    ),
    services,
  );
  for (let round = 0; round < 20; round++) {
    try {
      guest.call("triton_execute");
    } catch {}
    expect(services.unfinished).toBe(0);
  }
});

test("log lines keep their text, lose what controls a terminal, and stay one line", () => {
  const bytes = Buffer.from("a\nb\r\u001b[31mc\u0000\u0085\u2028\u009bd\u007fé €");
  const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  const { services } = execute(
    `(call $log (i32.const 1) (i32.const 2048) (i32.const ${bytes.length}))`,
    `(data (i32.const 2048) "${data}")`,
  );
  expect(services.lines).toEqual([{ level: 1, message: "a b  [31mc    d é €" }]);
});

test("bytes that are not UTF-8 become replacement characters", () => {
  const { services } = execute(
    "(call $log (i32.const 0) (i32.const 2048) (i32.const 3))",
    `(data (i32.const 2048) "a\\ff\\c3")`,
  );
  expect(services.lines[0]!.message).toBe("a\ufffd\ufffd");
});

test.each([
  [GUEST_TEXT_MAX_BYTES - 1, GUEST_TEXT_MAX_BYTES - 1],
  [GUEST_TEXT_MAX_BYTES, GUEST_TEXT_MAX_BYTES],
  [GUEST_TEXT_MAX_BYTES + 1, GUEST_TEXT_MAX_BYTES],
  [60_000, GUEST_TEXT_MAX_BYTES],
])("of a text of %d bytes, the first %d are kept", (length, kept) => {
  const fill = "(memory.fill (i32.const 0) (i32.const 0x78) (i32.const 65536))";
  const { services } = execute(`${fill}
    (drop (call $log (i32.const 2) (i32.const 100) (i32.const ${length})))
    (call $response_error (i32.const 1) (i32.const 3) (i32.const 100) (i32.const ${length}))`);
  expect(services.lines).toEqual([{ level: 2, message: "x".repeat(kept) }]);
  expect(services.errors).toEqual([{ request: 1, code: 3, message: "x".repeat(kept) }]);
});

test("the guest learns that a request has failed because memory ran out, and may continue", () => {
  const services = new TableServices(REQUESTS);
  services.withoutMemory.add(0);
  const { guest } = instantiate(
    compileGuest("(call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 1))"),
    services,
  );
  expect(guest.call("triton_execute")).toBe(-2);
  services.withoutMemory.clear();
  expect(guest.call("triton_execute")).toBe(0);
  expect(services.copies).toEqual(["0: OUTPUT0 <- INPUT1"]);
});

test("a start section may read counts, but cannot pass memory", () => {
  const start = (call: string) =>
    compileGuest("(i32.const 0)", `(start $start) (func $start (drop ${call}))`);
  expect(() => instantiate(start("(call $request_count)"))).not.toThrow();
  expect(() =>
    instantiate(start("(call $log (i32.const 0) (i32.const 16) (i32.const 4))")),
  ).toThrow(pointerError(/start section.*triton_initialize/));
});

test("the error names a start section or _initialize that traps", () => {
  const trap = "(func $bad (unreachable))";
  expect(() => instantiate(compileGuest("(i32.const 0)", `(start $bad) ${trap}`))).toThrow(
    /trapped in its start section/,
  );
  expect(() =>
    instantiate(compileGuest("(i32.const 0)", `(export "_initialize" (func $bad)) ${trap}`)),
  ).toThrow(/trapped in _initialize/);
});

test("_initialize runs before anything else", () => {
  const { guest } = instantiate(
    compileGuest(
      "(global.get $set)",
      `(global $set (mut i32) (i32.const 1))
       (func (export "_initialize") (global.set $set (i32.const 0)))`,
    ),
  );
  expect(guest.call("triton_execute")).toBe(0);
});
