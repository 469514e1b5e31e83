import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuest, POLL } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const REQUESTS = [
  { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
  { inputs: [], outputs: [] },
];
/** The handle that the table gives for request 0. */
const HANDLE = 1_073_741_824;
const REQUEST_FAILED = -2;

/** Runs triton_execute with this body. */
function execute(body: string, change: (services: TableServices) => void = () => {}, more = "") {
  const services = new TableServices(REQUESTS);
  change(services);
  const guest = new GuestInstance(compileGuest(body, more), services);
  try {
    return { guest, services, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { guest, services, status: undefined, error };
  }
}

const pointerError = (message: RegExp) =>
  expect.objectContaining({ code: "ERR_GUEST_POINTER", message: expect.stringMatching(message) });

test.each([
  ["response_send", ["send 1"]],
  ["response_finish", ["finish 1"]],
  ["request_reschedule", ["reschedule 1"]],
] as const)("%s reaches the request of its index, and returns 0", (name, events) => {
  const { status, services } = execute(`(call $${name} (i32.const 1))`);
  expect([status, services.events]).toEqual([0, events]);
});

test.each(["response_send", "response_finish"])(
  "%s returns -2 when the server did not send the response, and the guest may continue",
  (name) => {
    const { status, services } = execute(
      `(if (i32.ne (call $${name} (i32.const 0)) (i32.const ${REQUEST_FAILED})) (then unreachable))
       (call $${name} (i32.const 1))`,
      ({ withoutMemory }) => withoutMemory.add(0),
    );
    expect([status, services.events.length]).toEqual([0, 2]);
  },
);

test("request_keep returns a handle, which stands for the request until it is finished", () => {
  const { status, services } = execute(`
    (local $kept i32)
    (local.set $kept (call $request_keep (i32.const 0)))
    (drop (call $response_send (local.get $kept)))
    (drop (call $response_finish (local.get $kept)))
    (local.get $kept)`);
  expect(status).toBe(HANDLE);
  expect(services.events).toEqual(["keep 0", `send ${HANDLE}`, `finish ${HANDLE}`]);
});

test("request_keep returns -1 above the limit of open requests, and last_error names the limit", () => {
  const { status, services } = execute(`
    (drop (call $request_keep (i32.const 0)))
    (if (i32.ne (call $request_keep (i32.const 1)) (i32.const -1)) (then unreachable))
    (call $log (i32.const 0) (i32.const 512) (call $last_error (i32.const 512) (i32.const 200)))`);
  expect(status).toBe(0);
  expect(services.lines[0]!.message).toMatch(/wasm_open_requests_max/);
});

test("request_is_cancelled returns 1 for a cancelled request only", () => {
  const cancelled = (request: number) =>
    execute(`(call $request_is_cancelled (i32.const ${request}))`, (services) =>
      services.cancelled.add(1),
    ).status;
  expect([cancelled(0), cancelled(1)]).toEqual([0, 1]);
});

test("request_reschedule returns -1 on a release without it, and last_error says from which on", () => {
  const { status, services } = execute(
    `(if (i32.ne (call $request_reschedule (i32.const 0)) (i32.const -1)) (then unreachable))
     (call $log (i32.const 0) (i32.const 512) (call $last_error (i32.const 512) (i32.const 200)))`,
    (services) => {
      services.reschedules = false;
    },
  );
  expect(status).toBe(0);
  expect(services.lines[0]!.message).toMatch(/from 23\.11 on/);
});

test.each([
  [0, 0],
  [250, 250],
  [-1, 4_294_967_295],
])("poll_after takes %d as %d milliseconds", (passed, milliseconds) => {
  const { status, services } = execute(`(call $poll_after (i32.const ${passed}))`, () => {}, POLL);
  expect([status, services.events]).toEqual([0, [`poll after ${milliseconds}`]]);
});

const OF_REQUESTS = [
  "response_send",
  "response_finish",
  "request_keep",
  "request_is_cancelled",
  "request_reschedule",
] as const;

describe.each(OF_REQUESTS)("%s", (name) => {
  test.each([
    ["after the last", 2, 2],
    ["-1", -1, 4_294_967_295],
    ["-2147483648", -2_147_483_648, 2_147_483_648],
    ["that is a handle which the host did not give", HANDLE, HANDLE],
    ["that is a handle of another request", HANDLE + 1, HANDLE + 1],
  ])("refuses a request %s, and the error names it", (_what, passed, named) => {
    const { error, services } = execute(`(call $${name} (i32.const ${passed}))`);
    expect(error).toEqual(pointerError(new RegExp(`asked for request ${named}, but there are 2`)));
    expect(services.events).toEqual([]);
  });

  test("refuses the handle of a finished request", () => {
    const { error, services } = execute(`
      (local $kept i32)
      (local.set $kept (call $request_keep (i32.const 0)))
      (drop (call $response_finish (local.get $kept)))
      (call $${name} (local.get $kept))`);
    expect(error).toEqual(pointerError(new RegExp(`asked for request ${HANDLE}, but`)));
    expect(services.events).toEqual(["keep 0", `finish ${HANDLE}`]);
  });

  test.each(["triton_initialize", "triton_poll", "triton_finalize"])(
    "refuses any index in %s, where there are no requests",
    (place) => {
      const services = new TableServices([]);
      const guest = new GuestInstance(
        compileGuest(
          "(i32.const 0)",
          `(func (export "${place}") (result i32) (call $${name} (i32.const 0)))`,
        ),
        services,
      );
      expect(() => guest.call(place)).toThrow(
        /asked for request 0, but there are 0: in triton_poll, use the handle that request_keep returned/,
      );
      expect(services.events).toEqual([]);
    },
  );
});
