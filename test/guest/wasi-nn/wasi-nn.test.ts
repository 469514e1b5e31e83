import { expect, test } from "@jest/globals";
import {
  BUFFER,
  CONTEXT,
  ERRNO,
  executeNn,
  load,
  must,
  nn,
  nnGuest,
  output,
  RESULT,
  TENSOR,
  tensor,
} from "./nn-guest.js";

const RESULT_VALUE = `(i32.load (i32.const ${RESULT}))`;
const SET = must(nn("set_input", 0, 0, TENSOR));
const COMPUTE = must(nn("compute", 0));
const READ = nn("get_output", 0, 0, BUFFER, 16, RESULT);
/** The first bytes of the buffer, and the size that get_output wrote. */
const SEEN = `(i32.add (i32.mul ${RESULT_VALUE} (i32.const 65536)) (i32.load16_u (i32.const ${BUFFER})))`;

test("a graph is another model of the server: inputs by index, a call, outputs by index", () => {
  const { status, events, warnings } = executeNn(
    `${CONTEXT} ${tensor()} ${SET}
     ${tensor({ dimensions: [1, 2], type: 1, length: 8 })} ${must(nn("set_input", 0, 1, TENSOR))}
     ${COMPUTE} ${must(nn("get_output", 0, 1, BUFFER, 16, RESULT))} ${SEEN}`,
    { responses: [{ outputs: [output("OUTPUT1", 7, 1, 4), output("OUTPUT0", 5)] }] },
  );
  expect(status).toBe(3 * 65_536 + 256 + 7);
  expect(events).toEqual([
    "create net -1",
    "input 0: INPUT0 2 [2] 0102",
    "input 0: INPUT1 11 [1,2] 0102030405060708",
    "send 0",
    "wait 0: 4294967295",
  ]);
  expect(warnings).toEqual([]);
});

test("a model parameter sets model, version and names of a graph; its outputs are requested", () => {
  const { status, events } = executeNn(
    `${must(load("other"))} ${must(nn("init_execution_context", 0, RESULT))} ${tensor()} ${SET} ${COMPUTE}
     ${must(nn("get_output", 0, 1, BUFFER, 16, RESULT))} ${SEEN}`,
    {
      graphs: {
        other: { model: "net", version: 3n, inputs: ["data"], outputs: ["boxes", "scores"] },
      },
      responses: [{ outputs: [output("scores", 8), output("boxes", 5)] }],
    },
  );
  expect(status).toBe(65_536 + 8);
  expect(events).toEqual([
    "create net 3",
    "input 0: data 2 [2] 0102",
    "output 0: boxes",
    "output 0: scores",
    "send 0",
    "wait 0: 4294967295",
  ]);
});

test.each([
  [0, 10, 2],
  [1, 11, 4],
  [2, 12, 8],
  [3, 2, 1],
  [4, 8, 4],
  [5, 9, 8],
])(
  "tensor type %d is datatype %d of Triton, with elements of %d bytes",
  (type, datatype, length) => {
    const { status, events } = executeNn(
      `${CONTEXT} ${tensor({ dimensions: [], type, length })} ${SET} ${COMPUTE} (i32.const 0)`,
      { responses: [{}] },
    );
    expect(status).toBe(0);
    expect(events[1]).toMatch(new RegExp(`^input 0: INPUT0 ${datatype} \\[\\] .{${2 * length}}$`));
  },
);

test("a context keeps its inputs; another value replaces one of them; each compute is a call", () => {
  const { status, events } = executeNn(
    `${CONTEXT} ${tensor()} ${SET} ${COMPUTE}
     ${tensor({ data: 702 })} ${SET} ${COMPUTE}
     ${tensor({ dimensions: [3], length: 3 })} ${SET} ${COMPUTE} ${READ}`,
    { responses: [{ outputs: [output("OUTPUT0", 1)] }] },
  );
  expect(status).toBe(0);
  expect(events.filter((event) => /^(input|close)/.test(event))).toEqual([
    "input 0: INPUT0 2 [2] 0102",
    "close 0",
    "input 1: INPUT0 2 [2] 0304",
    "close 1",
    "input 2: INPUT0 2 [3] 010203",
  ]);
});

test("the host keeps its own copy of an input", () => {
  const { events } = executeNn(
    `${CONTEXT} ${tensor()} ${SET} (memory.fill (i32.const 700) (i32.const 255) (i32.const 8)) ${COMPUTE} (i32.const 0)`,
    { responses: [{}] },
  );
  expect(events[1]).toBe("input 0: INPUT0 2 [2] 0102");
});

test("graphs and contexts of triton_initialize serve every batch; outputs end with their batch", () => {
  const { run, execute, services } = nnGuest(
    `${must(`(if (result i32) (i32.eqz (global.get $batches)) (then (i32.const 0)) (else
       (if (result i32) (i32.eq ${READ} (i32.const ${ERRNO.invalidArgument})) (then (i32.const 0)) (else (i32.const 99)))))`)}
     (global.set $batches (i32.add (global.get $batches) (i32.const 1)))
     ${COMPUTE} ${must(READ)} ${SEEN}`,
    {
      more: "(global $batches (mut i32) (i32.const 0))",
      initialize: `${CONTEXT} ${tensor()} ${SET} (i32.const 0)`,
      responses: [{ outputs: [output("OUTPUT0", 6)] }],
    },
  );
  expect(run("triton_initialize").status).toBe(0);
  expect(execute().status).toBe(65_536 + 6);
  expect(execute().status).toBe(65_536 + 6);
  expect(services.events.filter((event) => event.startsWith("ready"))).toEqual([]);
  expect(services.lines.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^wasi-nn: execution context 0 has no outputs: call compute first/),
  ]);
});

test("compute outside of triton_execute is refused as every call is", () => {
  const { run } = nnGuest("(i32.const 0)", { initialize: `${CONTEXT} ${COMPUTE} (i32.const 0)` });
  expect(run("triton_initialize").error).toMatchObject({
    code: "ERR_GUEST_ARGUMENT",
    message: expect.stringContaining("calls another model in triton_initialize"),
  });
});

test("load_by_name: a name has one number; in a batch, a model that is not ready is not found", () => {
  const { status, services, warnings } = executeNn(
    `${must(load("net"))} ${must(load("other"))} ${must(load("net"))}
     (if (i32.ne ${RESULT_VALUE} (i32.const 0)) (then (return (i32.const 99))))
     ${load("absent")}`,
  );
  expect(status).toBe(ERRNO.notFound);
  expect(services.events.filter((event) => event.startsWith("ready"))).toEqual([
    "ready net -1",
    "ready other -1",
    "ready absent -1",
  ]);
  expect(warnings).toEqual([
    "1 wasi-nn: graph 'absent' is model 'absent', which is not ready in the server",
  ]);
});

test("load is not supported, whatever its arguments are", () => {
  for (const args of [
    [0, 0, 5, 0, RESULT],
    [-1, -1, -1, -1, -1],
  ]) {
    const { status, warnings } = executeNn(nn("load", ...args));
    expect(status).toBe(ERRNO.unsupportedOperation);
    expect(warnings[0]).toContain("load is not supported");
  }
});

test("last_error has the reason too", () => {
  const { services } = executeNn(
    `(drop ${nn("load", 0, 0, 0, 0, 0)}) (drop (call $log (i32.const 0) (i32.const 2000) (call $last_error (i32.const 2000) (i32.const 500)))) (i32.const 0)`,
  );
  expect(services.lines[1]!.message).toMatch(/^load is not supported/);
});

test.each([
  [2, ERRNO.notFound],
  [3, ERRNO.invalidArgument],
  [4, ERRNO.busy],
  [5, ERRNO.unsupportedOperation],
  [1, ERRNO.runtimeError],
  [0, ERRNO.runtimeError],
  [7, ERRNO.runtimeError],
])("an error of the called model with code %d is error number %d, and a line", (code, errno) => {
  const { status, events, warnings } = executeNn(`${CONTEXT} ${nn("compute", 0)}`, {
    responses: [{ error: { code, message: "it is\nSunday" } }],
  });
  expect(status).toBe(errno);
  expect(warnings).toEqual(["1 wasi-nn: graph 'net' failed: it is Sunday"]);
  expect(events.at(-1)).toBe("close 0");
});

test("a graph of triton_initialize whose model does not exist is not found", () => {
  const { run, execute, services } = nnGuest(nn("compute", 0), {
    initialize: `${must(load("absent"))} ${must(nn("init_execution_context", 0, RESULT))} (i32.const 0)`,
  });
  services.calls.models.set("absent", [{ error: { code: 1, message: "no such model" } }]);
  expect(run("triton_initialize").status).toBe(0);
  expect(execute().status).toBe(ERRNO.notFound);
});

test("what the host refuses is a runtime error; a call without a response too", () => {
  const refused = nnGuest(`${CONTEXT} ${nn("compute", 0)}`);
  refused.services.calls.models.delete("net");
  expect(refused.execute().status).toBe(ERRNO.runtimeError);
  expect(refused.services.lines[0]!.message).toBe("wasi-nn: no model net");
  const silent = executeNn(`${CONTEXT} ${nn("compute", 0)}`);
  expect(silent.status).toBe(ERRNO.runtimeError);
  expect(silent.warnings).toEqual(["1 wasi-nn: graph 'net' sent no response"]);
});

test("a failed compute leaves no outputs of an earlier one", () => {
  const { execute, services } = nnGuest(
    `${CONTEXT} ${COMPUTE} (drop ${nn("compute", 0)}) ${READ}`,
    {
      responses: [{ outputs: [output("OUTPUT0", 1)] }],
    },
  );
  const original = services.calls.error.bind(services.calls);
  services.calls.error = (call) => (call === 0 ? original(call) : { code: 3, message: "no" });
  expect(execute().status).toBe(ERRNO.invalidArgument);
  expect(services.lines.at(-1)!.message).toContain("has no outputs");
});

test("a guest that closes the call of a context itself gets no outputs", () => {
  const { status } = executeNn(
    `${CONTEXT} ${COMPUTE} (drop (call $call_close (i32.const 0))) (if (i32.ne ${READ} (i32.const 1)) (then (return (i32.const 99))))
     ${COMPUTE} ${READ}`,
    { responses: [{ outputs: [output("OUTPUT0", 1)] }] },
  );
  expect(status).toBe(0);
});
