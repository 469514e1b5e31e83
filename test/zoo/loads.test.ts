import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { assemble, guest, identityModule } from "../triton/guests.js";
import { parameter } from "../triton/repository.js";
import { Zoo } from "./zoo.js";

/** Rows of sandbox.md 5, by their numbers: what is refused at load. */
const zoo = new Zoo();

const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;
const SOON = parameter("wasm_initialize_deadline_ms", "300");
const FOR_EVER = "(loop $for_ever (br $for_ever))";
const module = (text: string) => assemble(`(module ${text})`);
const initialize = (body: string) =>
  `(func (export "triton_initialize") (result i32) ${body} (i32.const 0))`;

/** Model, its module and parameters, what its load says. */
const ROWS: readonly (readonly [row: string, module: Uint8Array, words: RegExp, extra?: string])[] =
  [
    [
      "2",
      guest("(i32.const 0)", initialize("(unreachable)")),
      /trapped in triton_initialize.*unreachable/,
    ],
    [
      "2 start",
      guest("(i32.const 0)", "(start $first) (func $first (unreachable))"),
      /trapped in its start section.*unreachable/,
    ],
    [
      "4",
      guest("(i32.const 0)", initialize(FOR_EVER)),
      /exceeded its wasm_initialize_deadline_ms of 300 ms/,
      SOON,
    ],
    [
      "4 start",
      guest("(i32.const 0)", `(start $first) (func $first ${FOR_EVER})`),
      /exceeded its wasm_initialize_deadline_ms of 300 ms/,
      SOON,
    ],
    [
      "9",
      module(`(memory (export "memory") 20000) ${EXECUTE}`),
      /memory of 1310720000 bytes .*above the 1073741824 .*wasm_memory_max_bytes/,
    ],
    ["10 shared", module(`(memory (export "memory") 1 2 shared) ${EXECUTE}`), /shared/],
    ["10 memory64", module(`(memory (export "memory") i64 1) ${EXECUTE}`), /64/],
    ["10 two memories", module(`${MEMORY} (memory $two 1) ${EXECUTE}`), /memor/],
    ["10 no memory", module(EXECUTE), /memory/],
    [
      "11 tables",
      module(`${MEMORY} ${"(table 10000000 funcref) ".repeat(15)} ${EXECUTE}`),
      /150000000 entries in its tables, above the 100000 .*wasm_table_max_entries/,
    ],
    ["11 too many", module(`${MEMORY} ${"(table 1 funcref) ".repeat(20)} ${EXECUTE}`), /20 tables/],
    [
      "12 size",
      guest("(i32.const 0)"),
      /above the 50 of its wasm_module_max_bytes/,
      parameter("wasm_module_max_bytes", "50"),
    ],
    ["13 truncated", identityModule().subarray(0, 9_000), /malformed at byte \d+/],
    ["13 empty", new Uint8Array(0), /is empty/],
    ["13 elf", readFileSync("/bin/true"), /ELF/],
    ["13 text", Buffer.from("(module)"), /text/],
    [
      "14 unknown",
      module(`(import "triton_v1" "read_file" (func)) ${MEMORY} ${EXECUTE}`),
      /imports triton_v1\.read_file \(->\), which/,
    ],
    [
      "14 type",
      module(`(import "triton_v1" "log" (func (param i64))) ${MEMORY} ${EXECUTE}`),
      /triton_v1\.log \(I->\), which is \(iii->i\)/,
    ],
    ["14 memory", module(`(import "env" "memory" (memory 1)) ${EXECUTE}`), /memory/],
    ["14 global", module(`(import "env" "g" (global i32)) ${MEMORY} ${EXECUTE}`), /global/],
    [
      "15",
      module(
        `(import "wasi_snapshot_preview1" "thread_spawn" (func (param i32) (result i32))) ${MEMORY} ${EXECUTE}`,
      ),
      /wasi_snapshot_preview1\.thread_spawn/,
    ],
    ["16 missing", module(MEMORY), /lacks the export 'triton_execute'/],
    [
      "16 global",
      module(`${MEMORY} (global (export "triton_execute") i32 (i32.const 0))`),
      /exports 'triton_execute' as global/,
    ],
    [
      "16 type",
      module(`${MEMORY} (func (export "triton_execute") (param i32))`),
      /exports 'triton_execute' as function \(i->\)/,
    ],
    ...["0", "-1", "1e30", "lots"].map(
      (value) =>
        [
          `37 ${value}`,
          guest("(i32.const 0)"),
          new RegExp(
            `wasm_memory_max_bytes is '${value}': it must be a whole number from 65536 to 4294967296`,
          ),
          parameter("wasm_memory_max_bytes", value),
        ] as const,
    ),
    [
      "37 unknown",
      guest("(i32.const 0)"),
      /wasm_memory_max does not exist: .*wasm_memory_max_bytes/,
      parameter("wasm_memory_max", "65536"),
    ],
  ];

const nameOf = (row: string) => `row_${row.replaceAll(/\W/g, "_")}`;

beforeAll(async () => {
  for (const [row, bytes, , extra] of ROWS) zoo.addModule(nameOf(row), bytes, extra);
  await zoo.start();
}, 120_000);

afterAll(() => zoo.stop());

describe("a load is refused in one sentence", () => {
  test.each(ROWS)("row %s", async (row, _module, words) => zoo.refuses(nameOf(row), words));
});
