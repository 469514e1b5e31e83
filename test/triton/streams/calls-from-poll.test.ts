import { expect, test } from "@jest/globals";
import { Instance } from "../../support/triton/instance.js";
import { floatConfig, ModelRepository } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor } from "../../support/triton/tensors.js";
import { withServer } from "../../support/triton/with-server.js";
import { until } from "../../support/wait.js";
import { CALL_TEXTS, textAt } from "../../support/wasm/call-guests.js";
import { guest, IDENTITY_BACKEND, WASM_BACKEND } from "../../support/wasm/guests.js";
import { DECOUPLED } from "./stream-guest.js";

const MODEL = "caller";
const RESPONSES = 3;
const KEPT = "(global.get $kept)";
const trapIf = (call: string) => `(if ${call} (then (unreachable)))`;

/** Keeps each request. A poll calls the model `identity` with its input three times, and each answer is a response. */
const CALLER = guest(
  `(global.set $kept (call $request_keep (i32.const 0))) (drop (call $poll_after (i32.const 0))) (i32.const 0)`,
  `${CALL_TEXTS} (global $kept (mut i32) (i32.const 0))
  (func $passOn (local $call i32)
    (local.set $call (call $call_create ${textAt("identity")} (i64.const -1)))
    ${trapIf(`(call $call_input_from (local.get $call) ${textAt("INPUT0")} ${KEPT} (i32.const 0))`)}
    ${trapIf("(call $call_send (local.get $call) (i32.const 0))")}
    ${trapIf("(i32.ne (call $call_wait (local.get $call) (i32.const 30000)) (i32.const 1))")}
    ${trapIf(`(call $output_forward ${KEPT} (i32.const 0) (local.get $call) (i32.const 0))`)}
    ${trapIf(`(call $response_send ${KEPT})`)}
    (drop (call $call_close (local.get $call))))
  (func (export "triton_poll") (result i32)
    ${"(call $passOn) ".repeat(RESPONSES)}
    (drop (call $output_copy_input ${KEPT} (i32.const 0) (i32.const 0)))
    (drop (call $response_finish ${KEPT}))
    (i32.const 0))`,
);

async function expectAnswers(server: TritonServer, count: number): Promise<void> {
  const input = floats(
    "INPUT0",
    Array.from({ length: count }, (_, index) => index / 3),
  );
  const answers = await server.grpc.inferStream(MODEL, [input]);
  const outputs = answers.flatMap((answer) => answer.outputs);
  expect(outputs).toHaveLength(RESPONSES + 1);
  for (const output of outputs) {
    expect(sameTensor(output, { ...input, name: "OUTPUT0" })).toBe(true);
  }
}

test.each(["23.12", "24.08", "24.10"])(
  "on %s a guest calls another model from triton_poll, and passes each answer on as a response",
  async (release) => {
    const repository = new ModelRepository();
    repository.add("identity", floatConfig("identity"));
    const config = floatConfig("wasm", DECOUPLED);
    repository.add(MODEL, config, { "model.wasm": CALLER });
    const options = {
      release,
      modelRepository: repository.folder,
      loadModels: ["identity"],
      backends: [WASM_BACKEND, IDENTITY_BACKEND],
    };
    try {
      await withServer(options, async (server) => {
        // Up to 24.03, stubs of two backends that start at once may get the same region.
        await server.http.load(MODEL);
        await expectAnswers(server, 5);
        const instance = new Instance(server, MODEL);
        const allocated = instance.allocatedBytes();
        for (const count of [1, 1_000, 300_000, 5]) await expectAnswers(server, count);
        await until("the baseline", () => instance.allocatedBytes() <= allocated);
        await server.http.unload(MODEL);
      });
    } finally {
      repository.remove();
    }
  },
);
