import { expect, test } from "@jest/globals";
import { NN_CONTEXTS_MAX, NN_GRAPHS_MAX } from "../../../host/limits.js";
import { floatConfig, type ModelRepository, parameter } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor } from "../../support/triton/tensors.js";
import { ifFloats } from "../../support/wasm/call-guests.js";
import { guest } from "../../support/wasm/guests.js";

export const NN_LIMITS = "nn_limits";
/** Bytes that the inputs of all contexts may have. */
const BYTES_MAX = 1_000;
const TOO_LARGE = 7;
const INVALID_ARGUMENT = 1;
const ACTION = { graphs: 1, contexts: 2, bytes: 3, works: 4, dropped: 5 } as const;

/** The errno of a function must be this one; the reason then becomes the error of the request. */
const refusedAs = (errno: number, call: string) =>
  `(if (i32.ne ${call} (i32.const ${errno})) (then unreachable))
   (drop (call $response_error (i32.const 0) (i32.const 3) (i32.const 4096) (call $last_error (i32.const 4096) (i32.const 8000))))
   (return (i32.const 0))`;
const succeeds = (call: string) => `(if ${call} (then unreachable))`;
const RESULT = "(i32.const 512)";
const context = `(call $nn_init_execution_context (i32.const 0) ${RESULT})`;
/** Sets input `index` of the last context to a tensor, which is described at 600 (two floats) or 640 (200 floats). */
const input = (index: number, tensor: number) =>
  `(call $nn_set_input (i32.load ${RESULT}) (i32.const ${index}) (i32.const ${tensor}))`;
const times = (count: number, body: string) =>
  `(local.set $i (i32.const 0))
   (loop $again ${body} (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $again (i32.lt_u (local.get $i) (i32.const ${count}))))`;
const u32 = (...values: number[]) =>
  values
    .map((value) =>
      [0, 8, 16, 24]
        .map((shift) => `\\${((value >>> shift) & 255).toString(16).padStart(2, "0")}`)
        .join(""),
    )
    .join("");

/** Graph 0 is `doubles`; the names of the others have one letter. The first context is kept for later. */
const DATA = `
  (global $first (mut i32) (i32.const -1))
  (data (i32.const 400) "doubles")
  (data (i32.const 600) "${u32(632, 1, 1, 700, 8)}") (data (i32.const 632) "${u32(2)}")
  (data (i32.const 640) "${u32(672, 1, 1, 700, 800)}") (data (i32.const 672) "${u32(200)}")
  (data (i32.const 700) "\\00\\00\\80\\3f\\00\\00\\00\\40")
  (data (i32.const 1600) "${u32(2, 0)}")
  (func (export "triton_initialize") (result i32) (local $i i32)
    ${succeeds(`(call $nn_load_by_name (i32.const 400) (i32.const 7) ${RESULT})`)}
    ${times(
      NN_GRAPHS_MAX - 1,
      `(i32.store8 (i32.const 500) (i32.add (i32.const 48) (local.get $i)))
       ${succeeds(`(call $nn_load_by_name (i32.const 500) (i32.const 1) ${RESULT})`)}`,
    )}
    (i32.const 0))`;
const EXECUTE = `
  ${ifFloats(ACTION.graphs, refusedAs(TOO_LARGE, `(call $nn_load_by_name (i32.const 400) (i32.const 6) ${RESULT})`))}
  ${ifFloats(ACTION.contexts, `${times(NN_CONTEXTS_MAX, succeeds(context))} ${refusedAs(TOO_LARGE, context)}`)}
  ${ifFloats(ACTION.bytes, `${succeeds(context)} ${succeeds(input(0, 640))} ${refusedAs(TOO_LARGE, input(1, 640))}`)}
  ${ifFloats(
    ACTION.works,
    `${succeeds(context)}
     (if (i32.lt_s (global.get $first) (i32.const 0)) (then (global.set $first (i32.load ${RESULT}))))
     ${succeeds(input(0, 600))} ${succeeds(`(call $nn_compute (i32.load ${RESULT}))`)}
     ${succeeds(`(call $nn_get_output (i32.load ${RESULT}) (i32.const 0) (i32.const 1700) (i32.const 8) (i32.const 516))`)}
     (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 1600) (i32.const 1) (i32.const 8)))
     (return (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1700) (i32.const 8)))`,
  )}
  ${refusedAs(INVALID_ARGUMENT, "(call $nn_compute (global.get $first))")}`;

/** Adds a model that reaches each limit of wasi-nn. Its graph is the model `doubles`. */
export function addNnLimits(repository: ModelRepository): void {
  const extra = parameter("wasm_output_max_bytes", String(BYTES_MAX));
  repository.add(NN_LIMITS, floatConfig("wasm", extra), { "model.wasm": guest(EXECUTE, DATA) });
}

/** @param server with the models `nn_limits` and `doubles` */
export function nnLimitChecks(server: () => TritonServer): void {
  const request = (action: keyof typeof ACTION) => [
    floats("INPUT0", Array(ACTION[action]).fill(0)),
  ];
  const errorOf = (action: keyof typeof ACTION) =>
    server().http.inferError(NN_LIMITS, request(action));
  const expectWorks = async () => {
    const [output] = (await server().http.infer(NN_LIMITS, request("works"))).outputs;
    expect(sameTensor(output!, floats("OUTPUT0", [2, 4]))).toBe(true);
  };

  test("a guest of wasi-nn that reaches a limit gets an error number and a reason, and works on", async () => {
    await expectWorks();
    expect(await errorOf("graphs")).toBe(`a model may load at most ${NN_GRAPHS_MAX} graphs`);
    await expectWorks();
    expect(await errorOf("bytes")).toBe(
      `the inputs of all execution contexts in use would have 1600 bytes, more than the ${BYTES_MAX} of wasm_output_max_bytes`,
    );
    await expectWorks();
    for (let batch = 0; batch < 2; batch++) {
      expect(await errorOf("contexts")).toBe(
        `a model may use at most ${NN_CONTEXTS_MAX} execution contexts while it executes a batch`,
      );
      await expectWorks();
    }
    expect(await errorOf("dropped")).toMatch(/execution context 0 does not exist, or was dropped/);
  });
}
