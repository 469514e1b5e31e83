import { compileGuestModule } from "../../../host/guest/module.js";
import { assemble, CAPS, guest, POLL } from "../../support/wasm/assemble.js";

const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;

const LACKING = "the module lacks the export 'triton_execute' of the guest ABI triton_v1";

test.each([
  ["nothing else", "", `${LACKING}: mark the function as exported`],
  [
    "a program's start",
    `(func (export "_start"))`,
    `${LACKING}: it exports '_start', so it is a program. Build a library`,
  ],
  [
    "a program's main",
    `(func (export "main"))`,
    `${LACKING}: it exports 'main', so it is a program.`,
  ],
  [
    "a similar name",
    `(func (export "tritonExecute"))`,
    `${LACKING}; it exports 'tritonExecute': rename`,
  ],
  [
    "a global",
    `(global (export "triton_execute") i32 (i32.const 0))`,
    "exports 'triton_execute' as a global; the guest ABI triton_v1 requires a function () -> i32",
  ],
  [
    "another type",
    `(func (export "triton_execute") (param i32) (result i64) (i64.const 0))`,
    "exports 'triton_execute' as a function (i32) -> i64; the guest ABI triton_v1 requires a function () -> i32",
  ],
])("finding 32: a module with %s instead of triton_execute is refused", (_what, text, words) => {
  const load = () => compileGuestModule(assemble(`(module ${MEMORY} ${text})`), CAPS);
  expect(load).toThrow(expect.objectContaining({ code: "ERR_GUEST_EXPORT" }));
  expect(load).toThrow(words);
});

test.each([
  [
    "triton_initialize",
    "a global",
    "() -> i32",
    `(global (export "triton_initialize") i32 (i32.const 0))`,
  ],
  [
    "triton_auto_complete",
    "a function () -> ()",
    "() -> i32",
    `(func (export "triton_auto_complete"))`,
  ],
  [
    "triton_finalize",
    "a global",
    "() -> ()",
    `(global (export "triton_finalize") i32 (i32.const 0))`,
  ],
  [
    "_initialize",
    "a function () -> i32",
    "() -> ()",
    `(func (export "_initialize") (result i32) (i32.const 0))`,
  ],
])("'%s' as %s is refused, %s being wanted", (name, actual, expected, text) => {
  const load = () => compileGuestModule(assemble(`(module ${MEMORY} ${EXECUTE} ${text})`), CAPS);
  expect(load).toThrow(
    expect.objectContaining({ code: "ERR_GUEST_EXPORT", details: { name, expected, actual } }),
  );
  expect(load).toThrow(
    `exports '${name}' as ${actual}; the guest ABI triton_v1 requires a function ${expected}`,
  );
});

test("finding 32: the error for a memory with another name contains that name", () => {
  const bytes = assemble(`(module (memory (export "mem") 1) ${EXECUTE})`);
  expect(() => compileGuestModule(bytes, CAPS)).toThrow(
    /its memory exported under another name at byte .*: export 'mem' as 'memory'/,
  );
});

test("a module that asks for polls without the export for them is refused", () => {
  const asks = "(call $poll_after (i32.const 5))";
  const load = () => compileGuestModule(guest(asks), CAPS);
  expect(load).toThrow(expect.objectContaining({ code: "ERR_GUEST_EXPORT" }));
  expect(load).toThrow(
    "the module calls 'poll_after', but does not export the function that the host calls then: export 'triton_poll' as a function () -> i32",
  );
  expect(() => compileGuestModule(guest(asks, POLL), CAPS)).not.toThrow();
  // It can finish them in a later execution.
  expect(() => compileGuestModule(guest("(call $request_keep (i32.const 0))"), CAPS)).not.toThrow();
});
