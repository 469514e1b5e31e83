import fc from "fast-check";
import { StubError } from "../../host/errors.js";
import { GuestInstance } from "../../host/guest/instance.js";
import { WASI_IMPORTS } from "../../host/guest/wasi/abi.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const ENVIRONMENT = { HOME: "/x", LÄNGE: "5" };

function execute(body: string, more = "") {
  const services = new TableServices([], { environment: ENVIRONMENT });
  const guest = new GuestInstance(compileGuest(body, more), services);
  try {
    return { services, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, status: undefined, error };
  }
}

const call = (name: string, ...args: (number | bigint)[]) =>
  `(call $${name} ${args.map((arg) => `(${typeof arg === "bigint" ? "i64" : "i32"}.const ${arg})`).join(" ")})`;

/** An iovec at 1000 + 8 * index. */
const vector = (index: number, pointer: number, length: number) =>
  `(i32.store (i32.const ${1_000 + 8 * index}) (i32.const ${pointer})) (i32.store (i32.const ${1_004 + 8 * index}) (i32.const ${length}))`;

const SUCCESS = 0;
const BADF = 8;
const INVAL = 28;
const NOTSUP = 58;
const NOTCAPABLE = 76;

test("output on standard output and standard error becomes lines, also when it is written in parts", () => {
  const text = `(data (i32.const 100) "one\\0atw") (data (i32.const 200) "o\\0a\\09nd\\1b[31m")`;
  const { status, services } = execute(
    `${vector(0, 100, 6)} ${vector(1, 200, 10)}
     (drop ${call("fd_write", 2, 1_008, 1, 500)})
     (if (i32.ne ${call("fd_write", 1, 1_000, 2, 500)} (i32.const 0)) (then (return (i32.const 1))))
     (i32.load (i32.const 500))`,
    text,
  );
  expect(status).toBe(16);
  expect(services.lines).toEqual([
    { level: 1, message: "o" },
    { level: 0, message: "one" },
    { level: 0, message: "two" },
    { level: 0, message: "\tnd [31m" },
    { level: 1, message: "\tnd [31m" },
  ]);
});

test("a line that never ends is split into lines", () => {
  const { services } = execute(
    `(memory.fill (i32.const 2000) (i32.const 120) (i32.const 20000)) ${vector(0, 2_000, 20_000)}
     ${call("fd_write", 1, 1_000, 1, 500)}`,
  );
  expect(services.lines.map(({ message }) => message.length)).toEqual([8_192, 8_192, 3_616]);
});

test("one call writes at most 64 KiB and returns that number, because a host function cannot be interrupted", () => {
  const whole = (index: number) => vector(index, 0, 65_536);
  const { status, services } = execute(
    `(memory.fill (i32.const 2000) (i32.const 120) (i32.const 20000))
     ${vector(0, 2_000, 10_000)} ${[1, 2, 3].map(whole).join("")}
     (drop ${call("fd_write", 1, 1_000, 4, 500)}) (i32.load (i32.const 500))`,
  );
  expect(status).toBe(65_536);
  expect(services.lines.map(({ message }) => message).join("")).toHaveLength(65_536);
});

test.each([
  ["fd_write", [3, 1_000, 1, 500], BADF],
  ["fd_write", [0, 1_000, 1, 500], BADF],
  ["fd_write", [1, 1_000, -1, 500], INVAL],
  ["fd_write", [1, 1_000, 1_025, 500], INVAL],
  ["fd_read", [0, 1_000, 1, 500], SUCCESS],
  ["fd_read", [3, 1_000, 1, 500], BADF],
  ["fd_prestat_get", [3, 500], BADF],
  ["fd_fdstat_get", [1, 500], SUCCESS],
  ["fd_fdstat_get", [3, 500], BADF],
  ["fd_close", [1], SUCCESS],
  ["fd_close", [7], BADF],
  ["fd_seek", [1, 0n, 0, 500], 70],
  ["random_get", [500, 16], SUCCESS],
  ["clock_time_get", [2, 0n, 500], INVAL],
  ["clock_res_get", [2, 500], INVAL],
  ["sched_yield", [], SUCCESS],
  ["args_sizes_get", [500, 504], SUCCESS],
  ["poll_oneoff", [0, 0, 0, 0], INVAL],
  ["path_open", [3, 0, 0, 0, 0, 0n, 0n, 0, 0], NOTCAPABLE],
  ["sock_send", [3, 0, 0, 0, 0], NOTCAPABLE],
  ["fd_readdir", [3, 0, 0, 0n, 0], NOTCAPABLE],
] as const)("%s%j is %d", (name, args, errno) => {
  expect(execute(call(name, ...args)).status).toBe(errno);
});

test.each([
  [
    `${vector(0, 65_530, 7)} ${call("fd_write", 1, 1_000, 1, 500)}`,
    /a piece of an output at 65530 with 7/,
  ],
  [
    `${vector(0, -8, 16)} ${call("fd_write", 1, 1_000, 1, 500)}`,
    /a piece of an output at 4294967288/,
  ],
  [call("fd_write", 1, 65_532, 1, 500), /the pieces of an output at 65532/],
  [call("clock_time_get", 0, 0n, 65_530), /a time at 65530/],
  [call("environ_get", 65_530, 0), /the environment's pointers at 65530/],
  [call("random_get", 65_530, 7), /random bytes at 65530/],
])("%s ends the call", (body, message) => {
  expect(execute(body).error).toEqual(
    expect.objectContaining({ code: "ERR_GUEST_POINTER", message: expect.stringMatching(message) }),
  );
});

test("the environment has the variables of the configuration", () => {
  const { services, status } = execute(
    `(drop ${call("environ_sizes_get", 500, 504)}) (drop ${call("environ_get", 600, 700)})
     (drop (call $log (i32.const 0) (i32.load (i32.const 600)) (i32.const 7)))
     (drop (call $log (i32.const 0) (i32.load (i32.const 604)) (i32.const 8)))
     (i32.add (i32.mul (i32.load (i32.const 500)) (i32.const 100)) (i32.load (i32.const 504)))`,
  );
  expect(status).toBe(200 + 8 + 9);
  expect(services.lines.map(({ message }) => message)).toEqual(["HOME=/x", "LÄNGE=5"]);
});

test("the clock has a resolution of one millisecond, and reports it", () => {
  const rest = `(drop ${call("clock_time_get", 0, 0n, 504)})
    (i32.wrap_i64 (i64.rem_u (i64.load (i32.const 504)) (i64.const 1000000)))`;
  expect(execute(rest).status).toBe(0);
  expect(execute(`(drop ${call("clock_res_get", 1, 504)}) (i32.load (i32.const 504))`).status).toBe(
    1_000_000,
  );
});

test("waiting for a clock sleeps, which counts as the guest's time; waiting for other events is refused", () => {
  const subscription = (type: number) =>
    `(i64.store (i32.const 600) (i64.const 77)) (i32.store8 (i32.const 608) (i32.const ${type}))
     (i32.store (i32.const 616) (i32.const 1)) (i64.store (i32.const 624) (i64.const 20000000))`;
  const begin = performance.now();
  const { status } = execute(
    `${subscription(0)} (drop ${call("poll_oneoff", 600, 700, 1, 800)}) (i32.load (i32.const 700))`,
  );
  expect(status).toBe(77);
  expect(performance.now() - begin).toBeGreaterThan(15);
  expect(execute(`${subscription(1)} ${call("poll_oneoff", 600, 700, 1, 800)}`).status).toBe(
    NOTSUP,
  );
});

test("proc_exit ends the call, and the guest does not continue", () => {
  const { error } = execute(`(try (do ${call("proc_exit", 3)}) (catch_all)) (i32.const 0)`);
  expect(error).toEqual(
    expect.objectContaining({
      code: "ERR_GUEST_EXIT",
      message: "the model called proc_exit(3)",
    }),
  );
});

test("a module that does not import WASI does not get it", () => {
  expect(execute("(i32.const 5)").status).toBe(5);
});

const INTERESTING = [0, 1, 2, 3, 500, 1_000, 65_535, 65_536, -1, -8, 2 ** 31 - 1, -(2 ** 31)];

test("with any numbers that a guest passes, its call succeeds or ends with a StubError", () => {
  const anyCall = fc
    // Sleeping is what a deadline is for.
    .constantFrom(...Object.keys(WASI_IMPORTS).filter((name) => name !== "poll_oneoff"))
    .chain((name) => {
      const [parameters, results] = WASI_IMPORTS[name]!.split("->");
      const args = [...parameters!].map((type) =>
        type === "I"
          ? fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
          : fc.oneof(fc.constantFrom(...INTERESTING), fc.integer()),
      );
      return fc
        .tuple(...args)
        .map((values) =>
          results === "" ? call(name, ...values) : `(drop ${call(name, ...values)})`,
        );
    });
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 1, maxLength: 5 }), (calls) => {
      const { error } = execute(`${calls.join("\n")} (i32.const 0)`);
      if (error !== undefined && !(error instanceof StubError)) throw error;
    }),
    { numRuns: 600, seed: 91 },
  );
});
