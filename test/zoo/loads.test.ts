import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter } from "../support/triton/repository.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { callThenLoop, codeModule, costlyFunctions, EMPTY } from "../support/wasm/code-shapes.js";
import { assemble, finding, guest, identityModule } from "../support/wasm/guests.js";
import { binary, leb128, section, times } from "../support/wasm/module-bytes.js";
import { Zoo } from "./zoo.js";

/** Rows of the zoo in docs/security.md, by their numbers: what is refused at load. */
const zoo = new Zoo();

const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;
const SOON = parameter("wasm_initialize_deadline_ms", "300");
const COSTLY = 20;
const FOR_EVER = "(loop $for_ever (br $for_ever))";
const module = (text: string) => assemble(`(module ${text})`);
const initialize = (body: string) =>
  `(func (export "triton_initialize") (result i32) ${body} (i32.const 0))`;

/** Model, its module and parameters, what its load says. */
const ROWS: readonly (readonly [
  title: string,
  module: Uint8Array,
  words: RegExp,
  extra?: string,
])[] = [
  [
    "row 2: a trap in triton_initialize",
    guest("(i32.const 0)", initialize("(unreachable)")),
    /trapped in triton_initialize.*unreachable/,
  ],
  [
    "row 2: a trap in the start function",
    guest("(i32.const 0)", "(start $first) (func $first (unreachable))"),
    /trapped in its start section.*unreachable/,
  ],
  [
    "row 4: an endless loop in triton_initialize",
    guest("(i32.const 0)", initialize(FOR_EVER)),
    /exceeded its wasm_initialize_deadline_ms of 300 ms/,
    SOON,
  ],
  [
    "row 4: an endless loop in the start function",
    guest("(i32.const 0)", `(start $first) (func $first ${FOR_EVER})`),
    /exceeded its wasm_initialize_deadline_ms of 300 ms/,
    SOON,
  ],
  [
    "row 9: a memory above the cap",
    module(`(memory (export "memory") 20000) ${EXECUTE}`),
    /memory of 1310720000 bytes .*above the 1073741824 .*wasm_memory_max_bytes/,
  ],
  ["row 10: a shared memory", module(`(memory (export "memory") 1 2 shared) ${EXECUTE}`), /shared/],
  ["row 10: a 64-bit memory", module(`(memory (export "memory") i64 1) ${EXECUTE}`), /64/],
  ["row 10: two memories", module(`${MEMORY} (memory $two 1) ${EXECUTE}`), /memor/],
  ["row 10: no memory", module(EXECUTE), /memory/],
  [
    "row 11: huge tables",
    module(`${MEMORY} ${"(table 10000000 funcref) ".repeat(15)} ${EXECUTE}`),
    /150000000 entries in its tables, above the 100000 .*wasm_table_max_entries/,
  ],
  [
    "row 11: twenty tables",
    module(`${MEMORY} ${"(table 1 funcref) ".repeat(20)} ${EXECUTE}`),
    /20 tables/,
  ],
  [
    "row 12: a module above its limit",
    guest("(i32.const 0)"),
    /above the limit of 50 \(wasm_module_max_bytes\)/,
    parameter("wasm_module_max_bytes", "50"),
  ],
  [
    "row 12: exceptions that hold much",
    module(`${MEMORY} (tag (param ${"v128 ".repeat(1_000)})) ${EXECUTE}`),
    /1000 values of an exception tag/,
  ],
  ["row 13: a truncated module", identityModule().subarray(0, 9_000), /malformed at byte \d+/],
  [
    "row 12: a module of 91 MB",
    new Uint8Array(91_000_000),
    /91000000 bytes, above the limit of 67108864 \(wasm_module_max_bytes\)/,
  ],
  [
    "row 12: a million types",
    binary(section(1, leb128(1_000_000), times(1_000_000, 0x60, 0, 0))),
    /1000000 types/,
  ],
  [
    "row 12: a function of 8 MB",
    functionOf(new Uint8Array(8_000_000).fill(0x01)),
    /8000004 bytes in a function body/,
  ],
  [
    "row 12: five kilobytes that take a gigabyte to compile (finding 5)",
    finding("05-nested-if-1000.wasm"),
    /function 1 of the module needs at least \d+ bytes of memory to compile/,
  ],
  [
    "row 12: functions that take much to compile together (finding 5)",
    codeModule(costlyFunctions(30)),
    /the functions of the module need at least \d+ bytes of memory to compile/,
  ],
  [
    "row 12: functions that take seconds to compile, called at the start (finding 5)",
    codeModule([EMPTY, { code: callThenLoop(2, COSTLY) }, ...costlyFunctions(COSTLY)], [], 1),
    /exceeded its wasm_initialize_deadline_ms of 300 ms/,
    SOON,
  ],
  [
    "row 13: flipped bits",
    identityModule().map((byte, at) => (at === 40 ? ~byte : byte)),
    /malformed at byte \d+/,
  ],
  ["row 13: an empty file", new Uint8Array(0), /is empty/],
  ["row 13: an ELF file", readFileSync("/bin/true"), /ELF/],
  ["row 13: a text", Buffer.from("(module)"), /text/],
  [
    "row 14: an unknown import",
    module(`(import "triton_v1" "read_file" (func)) ${MEMORY} ${EXECUTE}`),
    /imports triton_v1\.read_file, which this backend does not offer: it may belong to a newer ABI/,
  ],
  [
    "row 14: an import of another type",
    module(`(import "triton_v1" "log" (func (param i64))) ${MEMORY} ${EXECUTE}`),
    /imports triton_v1\.log as \(i64\) -> \(\) instead of \(i32, i32, i32\) -> i32,/,
  ],
  ["row 14: an imported memory", module(`(import "env" "memory" (memory 1)) ${EXECUTE}`), /memory/],
  [
    "row 14: an imported global",
    module(`(import "env" "g" (global i32)) ${MEMORY} ${EXECUTE}`),
    /global/,
  ],
  [
    "row 15: a WASI function that is none",
    module(
      `(import "wasi_snapshot_preview1" "thread_spawn" (func (param i32) (result i32))) ${MEMORY} ${EXECUTE}`,
    ),
    /wasi_snapshot_preview1\.thread_spawn/,
  ],
  ["row 16: no triton_execute", module(MEMORY), /lacks the export 'triton_execute'/],
  [
    "row 16: a global in its place",
    module(`${MEMORY} (global (export "triton_execute") i32 (i32.const 0))`),
    /exports 'triton_execute' as a global; .* requires a function \(\) -> i32/,
  ],
  [
    "row 16: triton_execute of another type",
    module(`${MEMORY} (func (export "triton_execute") (param i32))`),
    /exports 'triton_execute' as a function \(i32\) -> \(\); /,
  ],
  ...["0", "-1", "1e30", "lots"].map(
    (value) =>
      [
        `row 37: a cap of ${value}`,
        guest("(i32.const 0)"),
        new RegExp(
          `wasm_memory_max_bytes is '${value}': it must be a whole number from 65536 to 4294967296`,
        ),
        parameter("wasm_memory_max_bytes", value),
      ] as const,
  ),
  [
    "row 37: an unknown parameter",
    guest("(i32.const 0)"),
    /wasm_memory_max does not exist, did you mean wasm_memory_max_bytes\?/,
    parameter("wasm_memory_max", "65536"),
  ],
];

const nameOf = (title: string) => title.replaceAll(/\W+/g, "_");
const NESTED = "nested";
const NESTED_BLOCKS = 100_000;

const EXCEPTIONS = "exceptions";

beforeAll(async () => {
  for (const [title, bytes, , extra] of ROWS) zoo.addModule(nameOf(title), bytes, extra);
  zoo.addModule(NESTED, functionOf(nested(NESTED_BLOCKS)));
  zoo.addModule(EXCEPTIONS, finding("28-exnref.wat"));
  await zoo.start();
});

afterAll(() => zoo.stop());

describe("a load is refused in one sentence", () => {
  test.each(ROWS)("%s", async (title, _module, words) => zoo.refuses(nameOf(title), words));
});

test("row 12: deeply nested blocks are accepted", async () => {
  await zoo.server.http.load(NESTED);
  const { outputs } = await zoo.server.http.infer(NESTED, [floats("INPUT0", [1])]);
  expect(outputs).toEqual([]);
});

test("finding 28: a model that catches exceptions by reference loads and answers", async () => {
  await zoo.server.http.load(EXCEPTIONS);
  const { outputs } = await zoo.server.http.infer(EXCEPTIONS, [floats("INPUT0", [4])]);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [4]))).toBe(true);
});

/** A module whose triton_execute runs this code and returns 0. */
function functionOf(code: Uint8Array): Uint8Array {
  return codeModule([{ locals: [], code }]);
}

function nested(depth: number): Uint8Array {
  const code = new Uint8Array(3 * depth).fill(0x0b);
  for (let at = 0; at < 2 * depth; at += 2) code.set([0x02, 0x40], at);
  return code;
}
