import { expect, test } from "@jest/globals";
import type { CallTimer } from "../../host/sandbox/call-timer.js";
import { GuestHistory } from "../../host/sandbox/guest-history.js";
import { InProcessHost } from "../../host/sandbox/in-process-host.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const LIMITS = { initializeDeadlineMs: 7, executeDeadlineMs: 9, failuresMax: 1_000 };
/** A guest with a `triton_auto_complete` that leaves this status, after it has set a configuration. */
const completing = (status: number) =>
  compileGuest(
    "(i32.const 0)",
    `(func (export "triton_auto_complete") (result i32)
       (drop (call $set_model_config (i32.const 16) (i32.const 17)))
       (i32.const ${status}))`,
  );

function started() {
  const services = new TableServices();
  const events: string[] = [];
  const timer: CallTimer = {
    begin: (limit, deadlineMs) => events.push(`${limit} ${deadlineMs}`),
    end: () => events.push("end"),
  };
  return { host: new InProcessHost(timer, services, services.calls), services, events };
}

test("a module is compiled under the deadline of initialize", () => {
  const { host, events } = started();
  const module = host.compile(LIMITS, () => {
    events.push("compile");
    return compileGuest("(i32.const 0)");
  });
  expect(events).toEqual(["initialize 7", "compile", "end"]);
  expect(module.facts.exports.map(({ name }) => name)).toContain("triton_execute");
});

test("a failed compilation ends the timer as well", () => {
  const { host, events } = started();
  const failing = () => {
    throw new Error("no module");
  };
  expect(() => host.compile(LIMITS, failing)).toThrow("no module");
  expect(events).toEqual(["initialize 7", "end"]);
});

test("a separate guest completes a configuration, under the deadline of initialize", () => {
  const { host, services, events } = started();
  host.autoComplete(services, completing(0), LIMITS);
  expect(services.modelConfig).toBe("said by the guest");
  expect(events).toEqual(["initialize 7", "end"]);
});

test("a completion with a status other than 0 fails", () => {
  const { host, services, events } = started();
  expect(() => host.autoComplete(services, completing(3), LIMITS)).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_FAILED",
      message: expect.stringContaining("triton_auto_complete failed with status 3"),
    }),
  );
  expect(events).toEqual(["initialize 7", "end"]);
});

test("a loaded guest starts with its first call, under the deadline of that call", () => {
  const { host, services, events } = started();
  const module = compileGuest("(i32.const 0)");
  const guest = host.load(services, {
    module,
    limits: LIMITS,
    history: new GuestHistory(),
    observer: { failed() {}, restarted() {}, memory() {} },
    restarts: 0,
    lastFailure: undefined,
  });
  expect(events).toEqual([]);
  guest.execute();
  expect(events).toEqual(["execute 9", "end"]);
});
