import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { UNAVAILABLE_MIN_MS } from "../../host/limits.js";
import { parameter } from "../support/triton/repository.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { finding, guest } from "../support/wasm/guests.js";
import { Zoo } from "./zoo.js";

/** Rows of the zoo in docs/security.md, by their numbers: guests that want too much. */
const zoo = new Zoo();
const DEADLINE = { extra: parameter("wasm_execute_deadline_ms", "300") };

/** Lines a second of the model of row 24. */
const ROW_24_LINES = 20;

const times = (count: number, body: string) => `
  (local.set $i (i32.const 0))
  (loop $again ${body}
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))
  (local.set $i (i32.const 0))`;

/** Makes OUTPUT0 from so many floats without writing them, and returns. */
const unwritten = (floats: number) => `
  (i64.store (i32.const 200) (i64.const ${floats}))
  (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const 1) (i32.const ${4 * floats})))
  (return (i32.const 0))`;

/** Traps with the reason of a host function that refuses. */
const unlessRefused = (call: string) => `(if (i32.lt_s ${call} (i32.const 0)) (then
  (drop (call $fail (i32.const 2000) (call $last_error (i32.const 2000) (i32.const 500))))
  (unreachable)))`;
const newMetric = (at: number, length: number) =>
  unlessRefused(
    `(call $metric_new (i32.const 0) (i32.const ${at}) (i32.const ${length}) (i32.const 16) (i32.const 4))`,
  );

/** Makes 64 metrics of names by chance. */
const NEW_METRICS = `(func $new_metrics (local $i i32)
  (drop (call $random (i32.const 400) (i32.const 6)))
  ${times(
    6,
    `(i32.store8 (i32.add (i32.const 300) (local.get $i))
      (i32.add (i32.const 97) (i32.and (i32.load8_u (i32.add (i32.const 400) (local.get $i))) (i32.const 15))))`,
  )}
  ${times(
    64,
    `(i32.store8 (i32.const 306) (i32.add (i32.const 48) (i32.rem_u (local.get $i) (i32.const 8))))
    (i32.store8 (i32.const 307) (i32.add (i32.const 48) (i32.div_u (local.get $i) (i32.const 8))))
    ${newMetric(300, 8)}`,
  )})`;
const FOR_EVER = "(loop $for_ever (br $for_ever))";

async function metricsOf(model: string): Promise<number> {
  const page = await zoo.server.http.metrics();
  return page.match(new RegExp(`^[a-p]{6}\\d\\d\\{model="${model}"`, "gm"))?.length ?? 0;
}

beforeAll(async () => {
  zoo.add("row28_stopped", `(call $new_metrics) ${FOR_EVER}`, { more: NEW_METRICS, ...DEADLINE });
  zoo.addModule(
    "row28_load",
    guest(
      "(i32.const 0)",
      `${NEW_METRICS} (func (export "triton_initialize") (result i32) (call $new_metrics) ${FOR_EVER} (i32.const 0))`,
    ),
    parameter("wasm_initialize_deadline_ms", "300"),
  );
  zoo.addModule(
    "row28_unload",
    guest(
      "(i32.const 0)",
      `${NEW_METRICS} (func (export "triton_initialize") (result i32) (call $new_metrics) (i32.const 0))
       (func (export "triton_finalize") ${FOR_EVER})`,
    ),
  );
  zoo.add(
    "row24",
    times(3_000, "(drop (call $log (i32.const 0) (i32.const 100) (i32.const 60000)))"),
    {
      more: `(data (i32.const 100) "E1123 forged\\0aE1123 23:59:59.0 1 server.cc:1] forged \\1b[31m")`,
      extra: parameter("wasm_log_max_lines_per_second", String(ROW_24_LINES)),
    },
  );
  zoo.add(
    "row28",
    `(i32.store8 (i32.const 300) (i32.const 97))
     ${times(
       1_000,
       `(i32.store8 (i32.const 301) (i32.add (i32.const 97) (i32.rem_u (local.get $i) (i32.const 26))))
       (i32.store8 (i32.const 302) (i32.add (i32.const 97) (i32.div_u (local.get $i) (i32.const 26)))) ${newMetric(300, 3)}`,
     )}`,
  );
  zoo.add(
    "row28_nan",
    `${newMetric(16, 4)} ${unlessRefused("(call $metric_add (i32.const 0) (f64.const nan))")}`,
  );
  zoo.add(
    "row28_negative",
    `${newMetric(16, 4)} ${unlessRefused("(call $metric_add (i32.const 0) (f64.const -1))")}`,
  );
  zoo.add("row28_name", newMetric(20, 6));
  zoo.addModule("finding9", finding("10-many-empty-bytes.wat"));
  zoo.add("row29", unwritten(50_000));
  zoo.add(
    "row33",
    "(drop (memory.grow (i32.const 1023))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))",
    {
      extra: parameter("wasm_memory_max_bytes", "67108864"),
    },
  );
  zoo.add(
    "row36",
    "(drop (call $log (i32.const 0) (i32.const 16) (i32.const 4))) (loop $for_ever (br $for_ever))",
    { more: `(data (i32.const 16) "loop")`, ...DEADLINE },
  );
  zoo.add("row38_below", unwritten(25), { extra: parameter("wasm_output_max_bytes", "100") });
  zoo.add("row38_above", unwritten(26), { extra: parameter("wasm_output_max_bytes", "100") });
  zoo.add("budget", "(unreachable)", { failuresMax: "3" });
  await zoo.start();
});

afterAll(() => zoo.stop());

test("row 24: log lines are limited, cut off, and stay one line each", async () => {
  await zoo.server.http.load("row24");
  const begin = performance.now();
  await zoo.calm("row24");
  const seconds = (performance.now() - begin) / 1_000;
  const log = zoo.server.log();
  const lines = log.match(/row24_0.*forged/g)?.length;
  // A second begins with the first line and with the first one after the last second.
  expect(lines).toBeLessThanOrEqual(ROW_24_LINES * Math.ceil(seconds));
  expect(log).toMatch(
    /row24_0.*writes more log lines than its parameters wasm_log_max_lines_per_second/,
  );
  expect(log).not.toMatch(/^E1123 23:59:59/m);
  expect(log).not.toContain("\u001b[31m");
});

describe("metrics are refused", () => {
  test.each([
    ["row 28: more metrics than a model may have", "row28", /a model may have at most 64 metrics/],
    ["row 28: NaN", "row28_nan", /NaN cannot be added to metric 0/],
    ["row 28: a counter that falls", "row28_negative", /-1 cannot be added to metric 0/],
    ["row 28: a name that is none", "row28_name", /a metric's name must begin with a letter/],
  ])("%s", async (_title, model, words) => zoo.provoke(model, words));
});

test("row 29: what a guest does not write is zero, never the bytes of another request", async () => {
  await zoo.server.http.load("row29");
  const secret = floats(
    "INPUT0",
    Array.from({ length: 50_000 }, () => 123.5),
  );
  for (let round = 0; round < 5; round++) {
    await zoo.server.http.infer("row29", [secret]);
    const seen = await zoo.calm("row29");
    expect(seen).toHaveLength(50_000);
    expect(seen.every((value) => value === 0)).toBe(true);
  }
});

test("row 33: a guest that fills its memory with each request has that much, and no more with each", async () => {
  const sizes: number[] = [];
  for (let round = 0; round < 6; round++) {
    await zoo.calm("row33");
    sizes.push(zoo.residentBytes("row33"));
  }
  expect(sizes.at(-1)! - sizes[1]!).toBeLessThan(16 * 1024 * 1024);
});

test("row 28: guests that are stopped have no more metrics together than one may have", async () => {
  await zoo.server.http.load("row28_stopped");
  const provoke = () => zoo.server.http.inferError("row28_stopped", [floats("INPUT0", [1, 1])]);
  expect(await provoke()).toMatch(/exceeded its wasm_execute_deadline_ms/);
  expect(await provoke()).toMatch(/a model may have at most 64 metrics/);
  expect(await metricsOf("row28_stopped")).toBe(64);
});

test("row 28: a load that is stopped leaves no metric", async () => {
  expect(await zoo.server.http.loadError("row28_load")).toMatch(/wasm_initialize_deadline_ms/);
  expect(await metricsOf("row28_load")).toBe(0);
});

test("row 28: a finalize that is given up leaves no metric", async () => {
  await zoo.server.http.load("row28_unload");
  expect(await metricsOf("row28_unload")).toBe(64);
  await zoo.server.http.unload("row28_unload");
  await until("the end of the metrics", async () => (await metricsOf("row28_unload")) === 0);
});

test("row 36: no request is lost or answered twice while a guest is stopped and replaced again and again", async () => {
  await zoo.server.http.load("row36");
  const ask = async (provoking: boolean) => {
    const values = provoking ? [1, 1] : [1, 2, 3];
    return zoo.server.http.infer("row36", [floats("INPUT0", values)]).then(
      () => "answered",
      (error) =>
        /exceeded its wasm_execute_deadline_ms/.test(String(error)) ? "stopped" : String(error),
    );
  };
  const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(index % 4 === 0)));
  expect(answers.filter((answer) => answer === "stopped")).toHaveLength(3);
  expect(answers.filter((answer) => answer === "answered")).toHaveLength(9);
  const loops = () => zoo.server.log().split("loop\n").length;
  const before = loops();
  const last = ask(true);
  // A request that comes after the unload finds no model: that is the server's own answer.
  await until("the guest loops", () => loops() > before);
  await zoo.server.http.unload("row36");
  expect(await last).toBe("stopped");
});

test("row 38: outputs at exactly their limit pass, one float more does not", async () => {
  expect(await zoo.calm("row38_below")).toHaveLength(25);
  await zoo.server.http.load("row38_above");
  expect(await zoo.server.http.inferError("row38_above", [floats("INPUT0", [1, 1])])).toMatch(
    /would count 104 bytes, more than the 100 of wasm_output_max_bytes or of the inputs, whichever is larger/,
  );
});

test("a model whose guests keep failing answers at once that it is unavailable, and tries again later", async () => {
  await zoo.server.http.load("budget");
  const bad = () => zoo.server.http.inferError("budget", [floats("INPUT0", [1, 1])]);
  const begin = performance.now();
  let failures = 0;
  let [before, asked] = [begin, begin];
  let refusal = await bad();
  for (; !refusal?.includes("unavailable"); failures++) {
    expect(refusal).toContain("trapped");
    // On a busy machine the first second may be over before it is asked again.
    if (failures >= 3) expect(performance.now() - before).toBeGreaterThan(UNAVAILABLE_MIN_MS);
    [before, asked] = [asked, performance.now()];
    refusal = await bad();
  }
  expect(failures).toBeGreaterThanOrEqual(3);
  expect(refusal).toMatch(
    /unavailable for another \d+ ms: 3 of its guests failed within 60 s \(wasm_failures_max\); the last failure: the model trapped in triton_execute: unreachable/,
  );
  await until("a try", () =>
    zoo.answersWell("budget").then(
      () => true,
      () => false,
    ),
  );
  expect(performance.now() - begin).toBeGreaterThanOrEqual(UNAVAILABLE_MIN_MS);
  const page = await zoo.server.http.metrics();
  expect(page).toContain(
    `wasm_guest_traps_total{model="budget",reason="trap",version="1"} ${failures}`,
  );
  await until("the restart", async () =>
    (await zoo.server.http.metrics()).includes(
      `wasm_guest_restarts_total{model="budget",version="1"} ${failures}`,
    ),
  );
  expect(page).toMatch(/^wasm_guest_memory_bytes\{model="good",version="1"\} 65536$/m);
});

test("finding 9: 32 million empty BYTES elements, which take 2 GiB of the server when a client asks for JSON, are refused", async () => {
  await zoo.server.http.load("finding9");
  expect(await zoo.server.http.inferError("finding9", [floats("INPUT0", [1, 1])])).toMatch(
    /output 'OUTPUT0' of request 0 with 128000000 bytes is too large: the outputs of the batch would count 128000000 bytes, more than the 67108864 of wasm_output_max_bytes/,
  );
  await zoo.answersWell("finding9");
});
