import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { GUEST_TEXT_MAX_BYTES } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const KEY = `(data (i32.const 100) "model_config")`;
const CONFIG = '{"name":"mödel"}';
const CONFIG_BYTES = Buffer.from(CONFIG).length;

/** Runs triton_execute with this body. */
function execute(body: string, more = "") {
  const services = new TableServices([], {
    arguments: { model_config: CONFIG },
    ordinal: 3,
    verbose: false,
  });
  const guest = new GuestInstance(compileGuest(body, more), services);
  let status: number | undefined;
  let error: unknown;
  try {
    status = guest.call("triton_execute");
  } catch (thrown) {
    error = thrown;
  }
  return { services, guest, status, error };
}

const argument = (keyBytes: number, target: number, capacity: number) =>
  `(call $argument (i32.const 100) (i32.const ${keyBytes}) (i32.const ${target}) (i32.const ${capacity}))`;

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test("an argument is written up to the capacity, and its whole length is returned", () => {
  for (const capacity of [0, 1, 10, CONFIG_BYTES, 1_000]) {
    const checked = `${argument(12, 200, capacity)} (drop (call $log (i32.const 0) (i32.const 200) (i32.const 1000)))`;
    const { status, services } = execute(checked, KEY);
    expect(status).toBe(CONFIG_BYTES);
    const written = Buffer.from(CONFIG).subarray(0, capacity).toString();
    expect(services.lines[0]!.message.trimEnd()).toBe(written);
  }
});

test("an unknown argument returns -1", () => {
  expect(execute(argument(11, 200, 100), KEY).status).toBe(-1);
  expect(execute(argument(0, 200, 100)).status).toBe(-1);
});

test("an argument's key and target are checked", () => {
  expect(execute(argument(12, 65_000, 1_000), KEY).error).toEqual(
    refusal("ERR_GUEST_POINTER", /a buffer for an argument at 65000 with 1000 bytes/),
  );
  expect(execute(argument(12, -1, 1), KEY).error).toEqual(
    refusal("ERR_GUEST_POINTER", /a buffer for an argument at 4294967295/),
  );
  expect(execute(argument(GUEST_TEXT_MAX_BYTES + 1, 0, 0), KEY).error).toEqual(
    refusal("ERR_GUEST_ARGUMENT", /an argument's key of 8193 bytes, above the limit of 8192/),
  );
});

test("the guest can read its ordinal and write log lines", () => {
  expect(execute("(call $instance_ordinal)").status).toBe(3);
  for (const [level, enabled] of [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 0],
    [-1, 0],
  ]) {
    expect(execute(`(call $log_enabled (i32.const ${level}))`).status).toBe(enabled);
  }
});

test("the text that the guest passes to fail explains the failure of that call only", () => {
  const services = new TableServices();
  const body = `
    (if (i32.eqz (global.get $calls)) (then (drop (call $fail (i32.const 16) (i32.const 17)))))
    (global.set $calls (i32.const 1)) (i32.const 1)`;
  const guest = new GuestInstance(
    compileGuest(body, "(global $calls (mut i32) (i32.const 0))"),
    services,
  );
  expect(guest.call("triton_execute")).toBe(1);
  expect(guest.failure).toBe("said by the guest");
  expect(guest.call("triton_execute")).toBe(1);
  expect(guest.failure).toBeUndefined();
});

test("sleep takes the requested time", () => {
  const begin = performance.now();
  expect(execute("(call $sleep (i32.const 60))").status).toBe(0);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(59);
});

test("a counter accepts finite numbers that are not negative, and no others", () => {
  const made =
    "(drop (call $metric_new (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 17)))";
  const add = (value: string) => `${made} (call $metric_add (i32.const 0) (f64.const ${value}))`;
  const { services } = execute(`${made} ${add("2.5")} (drop) ${add("0")}`);
  expect(services.counters).toMatchObject([
    { name: "said", help: "said by the guest", sum: 2.5 },
    {},
    {},
  ]);
  for (const value of ["-1", "nan", "inf", "-inf", "-0x1p-1074"]) {
    const { status, services, guest } = execute(
      `${add(value)} (drop (call $fail (i32.const 64) (call $last_error (i32.const 64) (i32.const 200))))`,
    );
    expect(status).toBe(-1);
    expect(services.counters).toMatchObject([{ sum: 0 }]);
    expect(guest.failure).toMatch(/cannot be added to metric 0: the number must be finite/);
  }
  expect(execute(`${made} (call $metric_add (i32.const 1) (f64.const 1))`).error).toEqual(
    refusal("ERR_GUEST_POINTER", /asked for metric 1, but there are 1/),
  );
  expect(execute("(call $metric_add (i32.const -2) (f64.const 1))").error).toEqual(
    refusal("ERR_GUEST_POINTER", /asked for metric 4294967294, but there are 0/),
  );
});

test("finding 43: a refused metric returns a status with a reason, and ignores later changes", () => {
  const refused = `
    (if (i32.ne (call $metric_new (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 16) (i32.const 4)) (i32.const -1)) (then unreachable))
    (if (i32.ne (call $metric_add (i32.const -1) (f64.const 1)) (i32.const -1)) (then unreachable))
    (if (i32.ne (call $metric_set (i32.const -1) (f64.const 1)) (i32.const -1)) (then unreachable))
    (call $fail (i32.const 64) (call $last_error (i32.const 64) (i32.const 200)))`;
  const { status, services, guest } = execute(refused);
  expect(status).toBe(0);
  expect(guest.failure).toBe("metric '' was refused: it has no name");
  expect(services.lines).toEqual([{ level: 1, message: "metric '' was refused: it has no name" }]);
  expect(services.counters).toEqual([]);
});

test("a counter's texts are checked", () => {
  expect(
    execute(
      "(call $metric_new (i32.const 0) (i32.const 65530) (i32.const 10) (i32.const 0) (i32.const 0))",
    ).error,
  ).toEqual(refusal("ERR_GUEST_POINTER", /a metric's name at 65530/));
  expect(
    execute(
      "(call $metric_new (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const -1))",
    ).error,
  ).toEqual(refusal("ERR_GUEST_POINTER", /a metric's help at 1 with 4294967295/));
});
