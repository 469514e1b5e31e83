import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuestModule } from "../../host/guest/module.js";
import { BUNDLED_NODE } from "../support/engine.js";
import { assemble, CAPS, guest, importsOf } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const RUN_GUEST = fileURLToPath(new URL("run-guest.mjs", import.meta.url));

const PAGE = 65_536;

interface Outcome {
  readonly code: string;
  readonly message: string;
}

/** The result of the call here and on the bundled engine, which must be the same. */
function endOf(bytes: Uint8Array): Outcome {
  const instance = new GuestInstance(
    compileGuestModule(bytes, { ...CAPS, memoryMaxPages: 65_536 }),
    new TableServices(),
  );
  let here: Outcome | undefined;
  try {
    instance.call("triton_execute");
  } catch (error) {
    const { code, message } = error as Outcome;
    here = { code, message };
  }
  const input = JSON.stringify([Buffer.from(bytes).toString("base64")]);
  const [[there]] = JSON.parse(
    execFileSync(BUNDLED_NODE, ["--no-wasm-dynamic-tiering", RUN_GUEST], {
      input,
      encoding: "utf8",
    }),
  );
  expect(there).toEqual(here);
  return here!;
}

/** A module whose functions have names, with a memory of `pages`. */
const named = (text: string, pages = "1") =>
  assemble(`(module ${importsOf(text)} (memory (export "memory") ${pages}) ${text})`, true);

const execute = (body: string) =>
  `(func $triton_execute (export "triton_execute") (result i32) ${body} (i32.const 0))`;

/** Functions that call each other in this order and end in a trap, under triton_execute. */
function chain(...names: string[]): string {
  const functions = names.map((name, index) => {
    const inner = index === 0 ? "unreachable" : `call $"${names[index - 1]}"`;
    return `(func $"${name}" (${inner}))`;
  });
  return functions.join("\n") + execute(`(call $"${names.at(-1)}")`);
}

test("finding 29: a trap shows the functions that led to it, innermost first", () => {
  expect(endOf(named(chain("rust_panic", "core::panicking::panic_fmt", "model::answer")))).toEqual({
    code: "ERR_GUEST_TRAP",
    message:
      "the model trapped in triton_execute: unreachable " +
      "(at rust_panic < core::panicking::panic_fmt < model::answer < triton_execute)",
  });
});

test("finding 26: a name with blanks is shown in quotes, and is not mistaken for its caller", () => {
  const cpp = "std::vector<int, std::allocator<int> >::at(unsigned long)";
  const rust = "<alloc::string::String as core::fmt::Display>::fmt";
  expect(endOf(named(chain(cpp, rust))).message).toContain(
    `(at "${cpp}" < "${rust}" < triton_execute)`,
  );
});

test("finding 10: a function's name cannot forge a place, the text around it or a line", () => {
  const names = [
    "harmless) at forged (wasm:",
    "a < b)",
    "\\22; it reported: \\22\\5c",
    "new\\0aline",
  ];
  const { message } = endOf(named(chain(...names)));
  expect(message).toBe(
    "the model trapped in triton_execute: unreachable " +
      '(at "harmless) at forged (wasm:" < "a < b)" < "\\"; it reported: \\"\\\\" < "new line" < triton_execute)',
  );
});

test("finding 29: the number of listed functions is limited, and long names are cut off", () => {
  const long = "x".repeat(5_000);
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
  const shown = [`"${"x".repeat(120)}…"`, ...names.slice(0, 7), "…"];
  expect(endOf(named(chain(long, ...names))).message).toContain(`(at ${shown.join(" < ")})`);
});

test("finding 29: functions without names are shown by export or index, and by their place in the file", () => {
  const text = `(func $inner (unreachable)) (func (export "say \\22hi\\22") (call $inner))
    (func (export "triton_execute") (result i32) (call 1) (i32.const 0))`;
  const plain = assemble(`(module (memory (export "memory") 1) ${text})`);
  // In front of the code: a custom section, which the engine never sees.
  const bytes = new Uint8Array([
    ...plain.subarray(0, 8),
    0,
    5,
    4,
    ...Buffer.from("note"),
    ...plain.subarray(8),
  ]);
  const { message } = endOf(bytes);
  const [, ...places] =
    /\(at function 0:0x(\w+) < "say \\"hi\\"":0x(\w+) < triton_execute:0x(\w+)\)$/.exec(message)!;
  const UNREACHABLE = 0x00;
  const CALL = 0x10;
  expect(places.map((place) => bytes[Number.parseInt(place, 16)])).toEqual([
    UNREACHABLE,
    CALL,
    CALL,
  ]);
});

test("finding 29: a stack that overflows shows its innermost functions and that there are more", () => {
  const deep = `(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))`;
  const { code, message } = endOf(named(deep + execute("(drop (call $deep))")));
  expect(code).toBe("ERR_GUEST_STACK");
  expect(message).toBe(
    "the model overflowed its stack in triton_execute: Maximum call stack size exceeded " +
      `(at ${"deep < ".repeat(8)}…)`,
  );
});

test("finding 29: functions of the host on the stack are not listed", () => {
  const deep = `(func $deep (result i32) (drop (call $request_count)) (i32.add (call $deep) (i32.const 1)))`;
  const { code, message } = endOf(named(deep + execute("(drop (call $deep))")));
  expect(code).toBe("ERR_GUEST_STACK");
  expect(message).toMatch(/ \(at (deep < ){8}…\)$/);
});

describe("finding 25: an exception that the guest does not catch", () => {
  const thrown = (tag: string, values: string) =>
    endOf(
      named(
        `(tag $t ${tag}) ${execute(`(local $f funcref) (local $h externref) (throw $t ${values})`)}`,
      ),
    );

  test.each([
    ["nothing", "", ""],
    ["a pointer", "(param i32)", "(i32.const 16)"],
    ["a number of 64 bits", "(param i64)", "(i64.const -1)"],
    ["a vector", "(param v128)", "(v128.const i64x2 1 2)"],
    ["a function", "(param funcref)", "(local.get $f)"],
    ["a value of the host", "(param externref)", "(local.get $h)"],
  ])("is reported as an exception, also with %s", (_what, tag, values) => {
    expect(thrown(tag, values)).toEqual({
      code: "ERR_GUEST_TRAP",
      message: "the model threw an uncaught exception in triton_execute",
    });
  });

  test("is reported with the text that the guest passed to fail before", () => {
    const body = "(drop (call $fail (i32.const 16) (i32.const 17))) (throw $t)";
    expect(endOf(guest(body, "(tag $t)")).message).toBe(
      "the model threw an uncaught exception in triton_execute; it reported: said by the guest",
    );
  });
});

describe("finding 29: the last lines on standard error", () => {
  const DATA = `(data (i32.const 100) "one\\0atwo\\0a\\0athree\\0afour\\0afive")`;
  /** Writes `length` bytes of the data. */
  const write = (fd: number, from: number, length: number) =>
    `(i32.store (i32.const 1000) (i32.const ${100 + from})) (i32.store (i32.const 1004) (i32.const ${length}))
     (drop (call $fd_write (i32.const ${fd}) (i32.const 1000) (i32.const 1) (i32.const 1008)))`;
  const trap = (body: string, more = "") =>
    endOf(named(DATA + more + execute(`${body} (unreachable)`))).message;

  test("explain a trap, including a line without an end", () => {
    expect(trap(write(2, 0, 6))).toMatch(/; its last 2 lines on standard error: one \| tw$/);
    expect(trap(write(2, 0, 2))).toMatch(/; its last line on standard error: on$/);
    expect(trap(write(2, 0, 24))).toMatch(
      /; its last 4 lines on standard error: two \| three \| four \| five$/,
    );
  });

  test("do not include lines of standard output, and are missing when nothing was written", () => {
    expect(trap(write(1, 0, 24))).toMatch(/\(at triton_execute\)$/);
    expect(trap(write(2, 8, 0))).toMatch(/\(at triton_execute\)$/);
  });

  test("explain an exit: how Go's panics end", () => {
    const exit = `${write(2, 0, 4)} (call $proc_exit (i32.const 2))`;
    expect(endOf(named(DATA + execute(exit)))).toEqual({
      code: "ERR_GUEST_EXIT",
      message: "the model called proc_exit(2); its last line on standard error: one",
    });
  });

  test("are not shown when the guest called fail", () => {
    const said = `(data (i32.const 16) "said by the guest")`;
    const body = `${write(2, 0, 4)} (drop (call $fail (i32.const 16) (i32.const 4)))`;
    expect(trap(body, said)).toMatch(/\(at triton_execute\); it reported: said$/);
  });

  test("are the lines of the failed call", () => {
    const body = `(if (global.get $again) (then (unreachable))) (global.set $again (i32.const 1))
      ${write(2, 0, 4)}`;
    const instance = new GuestInstance(
      compileGuestModule(
        named(`${DATA} (global $again (mut i32) (i32.const 0)) ${execute(body)}`),
        CAPS,
      ),
      new TableServices(),
    );
    instance.call("triton_execute");
    expect(() => instance.call("triton_execute")).toThrow(/\(at triton_execute\)$/);
  });

  test("do not push the facts of the host off the end, even if they are long", () => {
    const fill = `(memory.fill (i32.const 2000) (i32.const 120) (i32.const 20000))
      (i32.store (i32.const 1000) (i32.const 2000)) (i32.store (i32.const 1004) (i32.const 20000))
      (drop (call $fd_write (i32.const 2) (i32.const 1000) (i32.const 1) (i32.const 1008)))`;
    const message = trap(fill);
    expect(message).toMatch(
      /unreachable \(at triton_execute\); its last 3 lines .*: x{1024} \| x{1024} \| x{1024}$/,
    );
  });
});

describe("finding 29: the memory of a guest that trapped", () => {
  const allowing = (pages: number, bytes: Uint8Array) => {
    const instance = new GuestInstance(
      compileGuestModule(bytes, { ...CAPS, memoryMaxPages: pages }),
      new TableServices(),
    );
    try {
      instance.call("triton_execute");
    } catch (error) {
      return (error as Outcome).message;
    }
    return undefined;
  };
  /** Grows the memory page by page until it fails, or up to a number of pages, and traps. */
  const grow = (pages: number) =>
    execute(`(loop $more (br_if $more (i32.and
      (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
      (i32.lt_u (memory.size) (i32.const ${pages}))))) (unreachable)`);

  test("is reported with its limit when it is at least half full", () => {
    const half = named(grow(4));
    expect(allowing(8, half)).toMatch(
      new RegExp(
        `\\); its memory has ${4 * PAGE} of the ${8 * PAGE} bytes that wasm_memory_max_bytes allows$`,
      ),
    );
    expect(allowing(9, half)).toMatch(/\(at triton_execute\)$/);
  });

  test("is reported when growing failed at the limit, also for an access out of bounds", () => {
    const beyond = execute(
      `(i32.store (i32.shl (memory.grow (i32.const 100)) (i32.const 4)) (i32.const 1))`,
    );
    expect(allowing(8, named(grow(1_000)))).toContain(`${8 * PAGE} of the ${8 * PAGE} bytes`);
    expect(allowing(5, named(beyond, "5"))).toMatch(
      new RegExp(
        `memory access out of bounds .*; its memory has ${5 * PAGE} of the ${5 * PAGE} bytes that wasm_memory_max_bytes allows$`,
      ),
    );
  });

  test("has the module's own maximum as its limit if that is lower", () => {
    expect(allowing(8, named(grow(1_000), "1 6"))).toMatch(
      new RegExp(
        `has ${6 * PAGE} of the ${6 * PAGE} bytes that its module declares as its maximum$`,
      ),
    );
  });

  test("is not reported for a memory that can never grow, or for a stack overflow", () => {
    expect(allowing(8, named(execute("(unreachable)"), "4 4"))).toMatch(/\(at triton_execute\)$/);
    const deep = `(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))`;
    expect(allowing(1, named(deep + execute("(drop (call $deep))")))).toMatch(/…\)$/);
  });
});
