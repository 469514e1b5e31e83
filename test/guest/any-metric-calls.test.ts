import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { METRIC_BUCKETS_MAX, METRIC_LABELS_MAX } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

/** Texts: the name at 100, the help at 110, a label's name at 120 and value at 130; a table of labels at 200; two buckets at 400. */
const DATA = `(data (i32.const 100) "sizes") (data (i32.const 110) "help") (data (i32.const 120) "stage")
  (data (i32.const 130) "\\ffone")
  (data (i32.const 200) "\\78\\00\\00\\00\\05\\00\\00\\00\\82\\00\\00\\00\\04\\00\\00\\00")
  (data (i32.const 400) "\\00\\00\\00\\00\\00\\00\\e0\\3f\\00\\00\\00\\00\\00\\00\\24\\40")`;

function execute(body: string) {
  const services = new TableServices([]);
  const guest = new GuestInstance(compileGuest(body, DATA), services);
  try {
    return { services, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, status: undefined, error };
  }
}

const i32s = (...numbers: number[]) => numbers.map((n) => `(i32.const ${n})`).join(" ");
const create = (kind = 2, ...rest: number[]) => {
  const [name = 100, length = 5, labels = 200, count = 1, buckets = 400, bucketCount = 2] = rest;
  return `(call $metric_create ${i32s(kind, name, length, 110, 4, labels, count, buckets, bucketCount)})`;
};
const observe = (metric: number, value: number | string) =>
  `(call $metric_observe (i32.const ${metric}) (f64.const ${value}))`;
const REASON =
  "(drop (call $last_error (i32.const 2000) (i32.const 500))) (drop (call $log (i32.const 0) (i32.const 2000) (i32.const 500)))";

/** The status and the reason of a call that the host refuses. */
function refusal(call: string) {
  const { status, services } = execute(
    `(local $i i32) (local.set $i ${call}) ${REASON} (local.get $i)`,
  );
  return [status, services.lines.at(-1)?.message.trim()];
}

test("a histogram has labels, buckets and observations", () => {
  const { services, status } = execute(
    `(drop ${create()}) (drop ${observe(0, 0.25)}) (drop ${observe(0, 7)}) ${create()}`,
  );
  expect(status).toBe(0);
  expect(services.metrics).toEqual([
    { name: "sizes", labels: [["stage", "\ufffdone"]], buckets: [0.5, 10], observed: [0.25, 7] },
  ]);
});

test("a counter's value is written, and a deleted one is none", () => {
  const value = `(drop ${create(0, 100, 5, 0, 0, 0, 0)}) (drop (call $metric_add (i32.const 0) (f64.const 7)))
    (drop (call $metric_value (i32.const 0) (i32.const 600)))`;
  expect(execute(`${value} (i32.trunc_f64_s (f64.load (i32.const 600)))`).status).toBe(7);
  const gone = `${value} (drop (call $metric_delete (i32.const 0)))`;
  for (const call of [
    "(call $metric_value (i32.const 0) (i32.const 600))",
    "(call $metric_delete (i32.const 0))",
    "(call $metric_add (i32.const 0) (f64.const 1))",
    observe(0, 1),
  ]) {
    const { status, services } = execute(
      `(local $i i32) ${gone} (local.set $i ${call}) ${REASON} (local.get $i)`,
    );
    expect(status).toBe(-1);
    expect(services.lines.at(-1)!.message).toContain(
      "metric 0 does not exist: it was not created, or it was deleted",
    );
  }
});

test.each([
  [
    "a kind that does not exist",
    create(3),
    "a metric cannot have kind 3: use 0 (counter), 1 (gauge) or 2 (histogram)",
  ],
  [
    "a kind of -1",
    create(-1),
    "a metric cannot have kind -1: use 0 (counter), 1 (gauge) or 2 (histogram)",
  ],
  [
    "a name above the limit",
    create(0, 100, 9_000),
    "a metric's name has 9000 bytes, above the limit of 8192",
  ],
  [
    "too many labels",
    create(0, 100, 5, 200, METRIC_LABELS_MAX + 1),
    "a metric cannot have 17 labels: the limit is 16",
  ],
  [
    "too many buckets",
    create(2, 100, 5, 200, 1, 400, METRIC_BUCKETS_MAX + 1),
    "a metric cannot have 65 buckets: the limit is 64",
  ],
  ["no name", create(0, 100, 0, 200, 0, 400, 0), "metric '' was refused: it has no name"],
  [
    "an observation of a metric that does not exist",
    observe(7, 1),
    "metric 7 does not exist: it was not created, or it was deleted",
  ],
  [
    "an observation of a refused metric",
    observe(-1, 1),
    "the metric was refused when it was created",
  ],
  [
    "an observation of a counter",
    `(drop ${create(0, 100, 5, 0, 0, 0, 0)}) ${observe(0, 1)}`,
    "metric 0 cannot observe 1: only a histogram can, and only a finite number",
  ],
  [
    "an observation of NaN",
    `(drop ${create()}) ${observe(0, "nan")}`,
    "metric 0 cannot observe NaN: only a histogram can, and only a finite number",
  ],
  [
    "an addition to a histogram",
    `(drop ${create()}) (call $metric_add (i32.const 0) (f64.const 1))`,
    "metric 0 is a histogram: observe a value instead",
  ],
  [
    "a histogram's value",
    `(drop ${create()}) (call $metric_value (i32.const 0) (i32.const 600))`,
    "metric 0 is a histogram, which has no single value",
  ],
  [
    "a value of a metric that does not exist",
    "(call $metric_value (i32.const 9) (i32.const 600))",
    "metric 9 does not exist: it was not created, or it was deleted",
  ],
  [
    "a deletion of a metric that does not exist",
    "(call $metric_delete (i32.const 0x7fffffff))",
    "metric 2147483647 does not exist: it was not created, or it was deleted",
  ],
])("%s is a refusal with a reason", (_case, call, reason) => {
  const at = call.lastIndexOf(" (call $metric_");
  const [before, last] = call.startsWith("(drop")
    ? [call.slice(0, at), call.slice(at)]
    : ["", call];
  expect(refusal(`(block (result i32) ${before} ${last})`)).toEqual([-1, reason]);
});

test.each([
  ["the labels", create(0, 100, 5, 65_530, 1)],
  ["a huge number of labels", create(0, 100, 5, 200, -1)],
  ["the buckets", create(2, 100, 5, 200, 1, 65_530, 1)],
  ["a huge number of buckets", create(2, 100, 5, 200, 1, 400, -1)],
  ["the name", create(0, 65_534, 5)],
  ["a huge name", create(0, 100, -1)],
  ["a label's name", `(i32.store (i32.const 200) (i32.const -8)) ${create()}`],
  ["a label's value", `(i32.store (i32.const 212) (i32.const -1)) ${create()}`],
  ["the buffer of a value", "(call $metric_value (i32.const 0) (i32.const 65530))"],
])("%s beyond the memory ends the call", (_what, body) => {
  expect(execute(body).error).toMatchObject({ code: "ERR_GUEST_POINTER" });
});
