import type { GuestModule } from "../../host/guest/module.js";
import { FINALIZE_DEADLINE_MS } from "../../host/limits.js";
import type { CallLimit, CallTimer } from "../../host/sandbox/call-timer.js";
import { GuestHistory } from "../../host/sandbox/guest-history.js";
import type { GuestLimits, GuestObserver } from "../../host/sandbox/guest-host.js";
import { GuestLife } from "../../host/sandbox/guest-life.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const ONE_REQUEST = [{ inputs: ["INPUT0"], outputs: ["OUTPUT0"] }];
/** Counts its calls in a global and logs the count. */
const COUNT = `
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (i32.store8 (i32.const 64) (i32.add (i32.const 48) (global.get $calls)))
  (drop (call $log (i32.const 0) (i32.const 64) (i32.const 1)))`;
const COUNTER = "(global $calls (mut i32) (i32.const 0))";
/** Logs a word, then leaves this as the status. */
const say = (name: string, at: number, status = "(i32.const 0)") => `
  (data (i32.const ${at}) "${name}")
  (func (export "triton_${name}") (result i32)
    (drop (call $log (i32.const 0) (i32.const ${at}) (i32.const ${name.length})))
    ${status})`;

const LIMITS = { initializeDeadlineMs: 0, executeDeadlineMs: 0, failuresMax: 1_000 };

class NotedTimer implements CallTimer {
  readonly calls: string[] = [];

  begin(limit: CallLimit, deadlineMs: number): void {
    this.calls.push(`${limit} ${deadlineMs}`);
  }

  end(): void {
    this.calls.push("end");
  }
}

function live(module: GuestModule, limits: Partial<GuestLimits> = {}, restarts = 0) {
  const services = new TableServices(ONE_REQUEST);
  const timer = new NotedTimer();
  const events: string[] = [];
  const observer: GuestObserver = {
    failed: (error) => events.push(`failed ${(error as { code: string }).code}`),
    restarted: () => events.push("restarted"),
    memory: (bytes) => events.push(`memory ${bytes}`),
  };
  const life = new GuestLife({
    module,
    services,
    timer,
    history: new GuestHistory(),
    limits: { ...LIMITS, ...limits },
    observer,
    restarts,
    lastFailure: undefined,
  });
  return {
    services,
    timer,
    life,
    events,
    said: () => services.lines.map(({ message }) => message),
  };
}

const failed = (message: string) =>
  expect.objectContaining({ code: "ERR_GUEST_FAILED", message: expect.stringContaining(message) });

test("a guest is initialised, executed and finalised, each once and in this order", () => {
  const { life, said } = live(
    compileGuest(`${COUNT} (i32.const 0)`, COUNTER + say("initialize", 100) + say("finalize", 200)),
  );
  life.initialize();
  life.execute();
  life.execute();
  life.finalize();
  life.finalize();
  expect(said()).toEqual(["initialize", "1", "2", "finalize"]);
});

test("a guest without triton_initialize and triton_finalize works", () => {
  const { life, said } = live(compileGuest(`${COUNT} (i32.const 0)`, COUNTER));
  life.initialize();
  life.execute();
  life.finalize();
  expect(said()).toEqual(["1"]);
});

test("a trap fails its call; the next call gets a new, initialised instance", () => {
  const { life, said } = live(
    compileGuest(
      `${COUNT} (if (i32.ge_u (global.get $calls) (i32.const 2)) (then (unreachable))) (i32.const 0)`,
      COUNTER + say("initialize", 100),
    ),
  );
  life.initialize();
  life.execute();
  expect(() => life.execute()).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_TRAP",
      message: expect.stringContaining("triton_execute"),
    }),
  );
  life.execute();
  expect(said()).toEqual(["initialize", "1", "2", "initialize", "1"]);
});

test("a guest whose host call was refused is replaced, even if it caught the error", () => {
  const { life, said } = live(
    compileGuest(
      `${COUNT} (if (i32.eq (global.get $calls) (i32.const 2)) (then
         (try (do (drop (call $input_count (i32.const 99)))) (catch_all)))) (i32.const 0)`,
      COUNTER,
    ),
  );
  life.execute();
  expect(() => life.execute()).toThrow(expect.objectContaining({ code: "ERR_GUEST_POINTER" }));
  life.execute();
  expect(said()).toEqual(["1", "2", "1"]);
});

test("a guest that overflowed its stack works again in the next call", () => {
  const { life, said } = live(
    compileGuest(
      `${COUNT} (if (i32.eq (global.get $calls) (i32.const 1)) (then (drop (call $deep)))) (i32.const 0)`,
      `${COUNTER} (func $deep (result i32) (i32.add (call $deep) (i32.const 1)))`,
    ),
  );
  for (const _ of [1, 2]) {
    expect(() => life.execute()).toThrow(expect.objectContaining({ code: "ERR_GUEST_STACK" }));
  }
  expect(said()).toEqual(["1", "1"]);
});

test("a status other than 0 is an error with the name and the status, and the instance stays", () => {
  const { life, said } = live(
    compileGuest(`${COUNT} (i32.sub (i32.const 7) (global.get $calls))`, COUNTER),
  );
  expect(() => life.execute()).toThrow(failed("the model's triton_execute failed with status 6"));
  expect(() => life.execute()).toThrow(failed("the model's triton_execute failed with status 5"));
  expect(said()).toEqual(["1", "2"]);
});

test("a failed initialisation leaves no instance; the next call tries again", () => {
  const { life, said } = live(
    compileGuest("(i32.const 0)", say("initialize", 100, "(i32.const -3)")),
  );
  expect(() => life.initialize()).toThrow(failed("triton_initialize failed with status -3"));
  expect(() => life.execute()).toThrow(failed("triton_initialize failed with status -3"));
  expect(said()).toEqual(["initialize", "initialize"]);
});

test("a trap in triton_finalize is an error, and the instance is discarded", () => {
  const { life, said } = live(compileGuest("(i32.const 0)", say("finalize", 100, "(unreachable)")));
  life.initialize();
  expect(() => life.finalize()).toThrow(expect.objectContaining({ code: "ERR_GUEST_TRAP" }));
  life.finalize();
  expect(said()).toEqual(["finalize"]);
});

test("a guest that was never initialised is not finalised", () => {
  const { life, said } = live(compileGuest("(i32.const 0)", say("finalize", 100)));
  life.finalize();
  expect(said()).toEqual([]);
});

test("each call has the deadline of its kind", () => {
  const module = compileGuest(
    "(i32.const 0)",
    [say("initialize", 100), say("finalize", 200)].join(""),
  );
  const { life, timer } = live(module, { initializeDeadlineMs: 700, executeDeadlineMs: 30 });
  life.initialize();
  life.execute();
  life.finalize();
  expect(timer.calls).toEqual([
    "initialize 700",
    "end",
    "execute 30",
    "end",
    `finalize ${FINALIZE_DEADLINE_MS}`,
    "end",
  ]);
});

test("a new instance after a trap starts within the deadline of the batch", () => {
  const { life, timer } = live(compileGuest("(unreachable)", say("initialize", 100)), {
    initializeDeadlineMs: 700,
    executeDeadlineMs: 30,
  });
  life.initialize();
  for (const _ of [1, 2]) expect(() => life.execute()).toThrow("trapped");
  expect(timer.calls).toEqual(["initialize 700", "end", "execute 30", "end", "execute 30", "end"]);
});

test("the observer learns about memory, failures and restarts of the guests", () => {
  const { life, events } = live(
    compileGuest(
      `${COUNT} (if (i32.ge_u (global.get $calls) (i32.const 2)) (then (unreachable)))
       (drop (memory.grow (i32.const 2))) (i32.const 0)`,
      COUNTER,
    ),
  );
  life.initialize();
  life.execute();
  expect(() => life.execute()).toThrow("trapped");
  life.execute();
  life.finalize();
  expect(events).toEqual([
    "memory 196608",
    "failed ERR_GUEST_TRAP",
    "memory 0",
    "restarted",
    "memory 196608",
    "memory 0",
  ]);
});

test("an instance whose guests fail too often refuses batches without running the guest", () => {
  const { life, events } = live(compileGuest("(unreachable)"), { failuresMax: 2 });
  for (const _ of [1, 2]) expect(() => life.execute()).toThrow("trapped");
  expect(() => life.execute()).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_UNAVAILABLE",
      message: expect.stringMatching(
        /unavailable for another \d+ ms: 2 of its guests .*wasm_failures_max/,
      ),
    }),
  );
  expect(events.filter((event) => event.startsWith("failed"))).toHaveLength(2);
});

test("the timer ends for each call, whether it returned or trapped", () => {
  for (const body of ["(i32.const 0)", "(unreachable)", "(call $input_count (i32.const 9))"]) {
    const { life, timer } = live(compileGuest(body));
    try {
      life.execute();
    } catch {}
    expect(timer.calls).toEqual(["execute 0", "end"]);
  }
});

test("each guest knows the number of guests before it, including those in stopped executors", () => {
  const { life, services } = live(
    compileGuest(`
    (i32.store8 (i32.const 64) (i32.add (i32.const 48) (call $instance_restarts)))
    (drop (call $log (i32.const 0) (i32.const 64) (i32.const 1))) (unreachable)`),
    {},
    4,
  );
  for (let call = 0; call < 3; call++) expect(() => life.execute()).toThrow("trapped");
  expect(services.lines.map(({ message }) => message)).toEqual(["4", "5", "6"]);
});
