import { expect, test } from "@jest/globals";
import { NN_CONTEXTS_MAX, NN_GRAPHS_MAX } from "../../../host/limits.js";
import {
  CONTEXT,
  ERRNO,
  executeNn,
  load,
  must,
  nn,
  nnGuest,
  RESULT,
  TENSOR,
  tensor,
} from "./nn-guest.js";

const SET = must(nn("set_input", 0, 0, TENSOR));

test("a guest may load a limited number of graphs", () => {
  const { status, warnings } = executeNn(
    `(loop $next
       (i32.store8 (i32.const 3000) (i32.add (i32.const 48) (local.get $i)))
       ${must(nn("load_by_name", 3_000, 1, RESULT))}
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (br_if $next (i32.lt_u (local.get $i) (i32.const ${NN_GRAPHS_MAX}))))
     ${load("net")}`,
  );
  expect(status).toBe(ERRNO.tooLarge);
  expect(warnings).toEqual([`1 wasi-nn: a model may load at most ${NN_GRAPHS_MAX} graphs`]);
});

const contexts = (count: number) =>
  `(local.set $i (i32.const 0)) (loop $next
     ${must(nn("init_execution_context", 0, RESULT))}
     (local.set $i (i32.add (local.get $i) (i32.const 1)))
     (br_if $next (i32.lt_u (local.get $i) (i32.const ${count}))))`;

test("a batch may use a limited number of contexts", () => {
  const { status, warnings } = executeNn(
    `${must(load("net"))} ${contexts(NN_CONTEXTS_MAX)} ${nn("init_execution_context", 0, RESULT)}`,
  );
  expect(status).toBe(ERRNO.tooLarge);
  expect(warnings[0]).toContain(`at most ${NN_CONTEXTS_MAX} execution contexts`);
});

test("a guest that creates contexts for each batch works for ever, and the one that it uses stays", () => {
  const { run, execute } = nnGuest(
    `${SET} ${contexts(NN_CONTEXTS_MAX - 1)} (i32.load (i32.const ${RESULT}))`,
    { initialize: `${CONTEXT} ${tensor()} (i32.const 0)` },
  );
  expect(run("triton_initialize").status).toBe(0);
  for (let batch = 1; batch < 5; batch++) {
    expect(execute().status).toBe(batch * (NN_CONTEXTS_MAX - 1));
  }
});

test("a dropped context does not exist any more, and its number is not used again", () => {
  const { run, execute, services } = nnGuest(
    `${contexts(NN_CONTEXTS_MAX)} ${nn("set_input", 0, 0, TENSOR)}`,
    { initialize: `${CONTEXT} ${tensor()} ${SET} (i32.const 0)` },
  );
  expect(run("triton_initialize").status).toBe(0);
  expect(execute().status).toBe(ERRNO.invalidArgument);
  expect(services.lines[0]!.message).toContain(
    "execution context 0 does not exist, or was dropped",
  );
});

test("the inputs of all contexts are limited; those of forgotten contexts make place", () => {
  const big = tensor({ dimensions: [600], length: 600 });
  const both = `${must(nn("init_execution_context", 0, RESULT))} ${big}
    ${must(nn("set_input", 1, 0, TENSOR))}`;
  const inOne = executeNn(`${CONTEXT} ${big} ${SET} ${both} (i32.const 0)`);
  expect(inOne.status).toBe(ERRNO.tooLarge);
  expect(inOne.warnings[0]).toMatch(
    /would have 1200 bytes, more than the 1000 of wasm_output_max_bytes/,
  );
  const { run, execute } = nnGuest(`${both} (i32.const 0)`, {
    initialize: `${CONTEXT} ${big} ${SET} (i32.const 0)`,
  });
  expect(run("triton_initialize").status).toBe(0);
  expect(execute().status).toBe(0);
});
