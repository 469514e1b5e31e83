import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameter } from "../support/triton/repository.js";
import { Zoo } from "./zoo.js";

/** Rows of the zoo in docs/security.md, by their numbers: faults in execute. */
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
    "(loop $more (br_if $more (i32.ne (table.grow $t (table.get $t (i32.const 0)) (i32.const 1000)) (i32.const -1)))) (unreachable)",
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
  zoo.add(
    "row21",
    `(i32.store (i32.const 400) (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
     ${create(11, 1, 8)}
     (drop (call $input_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.load (i32.const 400)) (i32.const 8)))
     (drop (memory.grow (i32.const 1)))
     (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.load (i32.const 400)) (i32.const 8)))
     (return (i32.const 0))`,
    { more: SHAPE },
  );
  zoo.add(
    "row30",
    `(i64.store (i32.const 400) (call $clock (i32.const 1)))
     (loop $same
       (i64.store (i32.const 408) (i64.sub (call $clock (i32.const 1)) (i64.load (i32.const 400))))
       (br_if $same (i64.eqz (i64.load (i32.const 408)))))
     (f32.store (i32.const 416) (f32.convert_i64_u (i64.div_u (i64.load (i32.const 408)) (i64.const 1000000))))
     (f32.store (i32.const 420) (f32.convert_i64_u (i64.rem_u (i64.load (i32.const 408)) (i64.const 1000000))))
     ${create(11, 1, 8)}
     (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 416) (i32.const 8)))
     (return (i32.const 0))`,
    { more: SHAPE },
  );
  zoo.add(
    "row32",
    `(i64.store (i32.const 400) (i64.add (call $clock (i32.const 1)) (i64.const 1000000000)))
     (loop $busy (br_if $busy (i64.lt_u (call $clock (i32.const 1)) (i64.load (i32.const 400)))))`,
    { extra: parameter("wasm_execute_deadline_ms", "2000") },
  );
  zoo.add(
    "row24",
    "(loop $for_ever (drop (call $log (i32.const 0) (i32.const 0) (i32.const 60000))) (br $for_ever))",
    DEADLINE,
  );
  zoo.add("row31", "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))");
  await zoo.start();
});

afterAll(() => zoo.stop());

describe("a hostile guest costs its own batch and nothing else", () => {
  test.each([
    ["row 1: unreachable", "row1", /the model trapped in triton_execute.*unreachable/],
    ["row 3: an endless loop", "row3", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    [
      "row 5: a loop of 100 MB memory.copy",
      "row5",
      /exceeded its wasm_execute_deadline_ms of 300 ms/,
    ],
    [
      "row 5: a loop of 100 MB memory.fill",
      "row5_fill",
      /exceeded its wasm_execute_deadline_ms of 300 ms/,
    ],
    ["row 6: a loop in catch_all", "row6", /exceeded its wasm_execute_deadline_ms of 300 ms/],
    [
      "row 6: a loop around an import in try",
      "row6_import",
      /exceeded its wasm_execute_deadline_ms of 300 ms/,
    ],
    ["row 7: infinite recursion", "row7", /overflowed its stack in triton_execute/],
    ["row 7: recursion with huge frames", "row7_wide", /overflowed its stack in triton_execute/],
    ["row 7: recursion through an import", "row7_import", /overflowed its stack in triton_execute/],
    ["row 8: a byte beyond the cap", "row8_beyond", /trapped.*memory access out of bounds/],
    ["row 11: a loop of table.grow", "row11", /trapped.*unreachable/],
    [
      "row 18: a range that wraps",
      "row18_wrap",
      /an output's data at 4294967292 with 8 bytes, beyond its memory/,
    ],
    [
      "row 18: a negative dimension",
      "row18_negative",
      /output 'OUTPUT0' of request 0 with the dimension -1 at index 0/,
    ],
    [
      "row 18: dimensions whose product overflows",
      "row18_overflow",
      /output 'OUTPUT0' of request 0 with 8 bytes, but datatype FP32 and shape/,
    ],
    [
      "row 18: a million dimensions",
      "row18_rank",
      /output 'OUTPUT0' of request 0 with 1000000 dimensions/,
    ],
    ["row 19: an output twice", "row19", /output 'OUTPUT0' of request 0 twice/],
    [
      "row 20: BYTES with lying lengths",
      "row20",
      /output 'OUTPUT0' of request 0 has malformed data of datatype BYTES: element 0 at byte 0 declares/,
    ],
    ["row 23: an exception of the host caught", "row23", /asked for request 99/],
    [
      "row 24: an endless flood of log lines, hardly ever in its own code",
      "row24",
      /exceeded its wasm_execute_deadline_ms of 300 ms/,
    ],
    ["row 31: waiting on its own memory", "row31", /trapped/],
  ])("%s", async (_title, model, words) => zoo.provoke(model, words));

  test("row 8: memory grows to its cap and not beyond, which is the guest's own business", async () => {
    expect(await zoo.calm("row8")).toEqual([1, 1]);
  });

  test("row 21: memory that grows between two host calls is where it was", async () => {
    for (let round = 0; round < 3; round++) expect(await zoo.calm("row21")).toEqual([1, 1]);
  });

  test("row 30: the clock goes in whole milliseconds", async () => {
    const [milliseconds, rest] = await zoo.calm("row30");
    expect(milliseconds).toBeGreaterThanOrEqual(1);
    expect(rest).toBe(0);
  });

  test("row 32: a guest that computes below its deadline with each request keeps its stub and its health", async () => {
    const first = await zoo.calm("row32");
    const stubs = zoo.server.stubPids();
    for (let round = 0; round < 6; round++) expect(await zoo.calm("row32")).toEqual(first);
    expect(zoo.server.stubPids()).toEqual(stubs);
    expect(await zoo.server.http.metrics()).not.toMatch(/deadline_exceeded_total\{model="row32"/);
  });
});
