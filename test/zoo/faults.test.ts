import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter } from "../triton/repository.js";
import { Zoo } from "./zoo.js";

/** Rows of sandbox.md 5, by their numbers: faults in execute. */
const zoo = new Zoo();
const DEADLINE = { extra: parameter("wasm_execute_deadline_ms", "300") };
const SMALL = { extra: parameter("wasm_memory_max_bytes", "1048576") };

const FOR_EVER = "(loop $for_ever (br $for_ever))";
const RECURSE = "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))";
const HUGE_FRAMES = `(func $wide (param i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
  (i64.add (call $wide (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7) (local.get 0)) (local.get 3)))`;
const BY_IMPORT = `(func $ask (result i32) (drop (call $request_count)) (i32.add (call $ask) (call $input_count (i32.const 0))))`;
/** One output of shape [2], FP32, which is not written. */
const SHAPE = `(data (i32.const 200) "\\02\\00\\00\\00\\00\\00\\00\\00")`;
const create = (datatype: number, rank: number, bytes: number) =>
  `(drop (call $output_create (i32.const 0) (i32.const 0) (i32.const ${datatype}) (i32.const 200) (i32.const ${rank}) (i32.const ${bytes})))`;

beforeAll(async () => {
  zoo.add("row1", "(unreachable)");
  zoo.add("row3", FOR_EVER, DEADLINE);
  zoo.add(
    "row5",
    `(drop (memory.grow (i32.const 1600)))
     (loop $for_ever (memory.copy (i32.const 64) (i32.const 0) (i32.const 100000000)) (br $for_ever))`,
    DEADLINE,
  );
  zoo.add(
    "row5_fill",
    `(drop (memory.grow (i32.const 1600)))
     (loop $for_ever (memory.fill (i32.const 64) (i32.const 0) (i32.const 100000000)) (br $for_ever))`,
    DEADLINE,
  );
  zoo.add("row6", `(try (do ${FOR_EVER}) (catch_all ${FOR_EVER}))`, DEADLINE);
  zoo.add(
    "row6_import",
    "(loop $for_ever (try (do (drop (call $input_count (i32.const 0)))) (catch_all)) (br $for_ever))",
    DEADLINE,
  );
  zoo.add("row7", "(drop (call $deep))", { more: RECURSE });
  zoo.add("row7_wide", `(drop (call $wide ${"(i64.const 1) ".repeat(8)}))`, { more: HUGE_FRAMES });
  zoo.add("row7_import", "(drop (call $ask))", { more: BY_IMPORT });
  zoo.add(
    "row8",
    `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
     (i32.store (i32.const 0) (memory.size)) (i32.store (i32.const 1048572) (i32.const 1))`,
    SMALL,
  );
  zoo.add(
    "row8_beyond",
    "(drop (memory.grow (i32.const 100))) (i32.store (i32.const 1048576) (i32.const 1))",
    SMALL,
  );
  zoo.add(
    "row11",
    "(loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)))) (unreachable)",
    {
      more: "(table $t 1 funcref)",
      extra: parameter("wasm_table_max_entries", "5000"),
    },
  );
  zoo.add(
    "row18_wrap",
    "(drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -4) (i32.const 8)))",
  );
  zoo.add("row18_negative", create(11, 1, 4), {
    more: `(data (i32.const 200) "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff")`,
  });
  zoo.add("row18_overflow", create(11, 2, 8), {
    more: `(data (i32.const 200) "\\00\\00\\00\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00")`,
  });
  zoo.add("row18_rank", create(11, 1_000_000, 8), { more: SHAPE });
  zoo.add("row19", `${create(11, 1, 8)} ${create(11, 1, 8)}`, { more: SHAPE });
  zoo.add(
    "row20",
    `${create(13, 1, 12)} (i32.store (i32.const 300) (i32.const -1))
     (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 300) (i32.const 4)))
     (return (i32.const 0))`,
    { more: SHAPE },
  );
  zoo.add("row23", `(try (do (drop (call $input_count (i32.const 99)))) (catch_all))`);
  zoo.add("row31", "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))");
  await zoo.start();
}, 120_000);

afterAll(() => zoo.stop());

describe("a hostile guest costs its own batch and nothing else", () => {
  test.each([
    ["1", "row1", /the model trapped in triton_execute.*unreachable/],
    ["3", "row3", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["5", "row5", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["5", "row5_fill", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["6", "row6", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["6", "row6_import", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    ["7", "row7", /overflowed its stack in triton_execute/],
    ["7", "row7_wide", /overflowed its stack in triton_execute/],
    ["7", "row7_import", /overflowed its stack in triton_execute/],
    ["8", "row8_beyond", /trapped.*memory access out of bounds/],
    ["11", "row11", /trapped.*unreachable/],
    ["18", "row18_wrap", /an output's data at 4294967292 with 8 bytes, beyond its memory/],
    ["18", "row18_negative", /output 'OUTPUT0' of request 0 whose dimension 0 is -1/],
    ["18", "row18_overflow", /output 'OUTPUT0' of request 0 with 8 bytes of datatype FP32/],
    ["18", "row18_rank", /output 'OUTPUT0' of request 0 with 1000000 dimensions/],
    ["19", "row19", /output 'OUTPUT0' of request 0 twice/],
    [
      "20",
      "row20",
      /output 'OUTPUT0' of request 0 of datatype BYTES wrongly: element 0 at byte 0 claims/,
    ],
    ["23", "row23", /asked for request 99/],
    ["31", "row31", /trapped/],
  ])("row %s: %s", async (_row, model, words) => zoo.provoke(model, words));

  test("row 8: memory grows to its cap and not beyond, which is the guest's own business", async () => {
    expect(await zoo.calm("row8")).toEqual([1, 1]);
  });
});
