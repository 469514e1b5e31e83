import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { CALL_TEXTS, ifFloats, PASS_REFUSAL, textAt } from "../support/wasm/call-guests.js";
import { COPY_ALL, guest, IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

/** Number of floats with which the guest does each of these. */
const ACTION = { isReady: 1, load: 2, unload: 3, loadAbsent: 4 } as const;
const COPIES = `${COPY_ALL} (return (i32.const 0))`;
const orRefusal = (call: string) =>
  `(if (i32.eqz ${call}) (then ${COPIES})) ${PASS_REFUSAL} (return (i32.const 0))`;
const CONTROLS = `
  ${ifFloats(
    ACTION.isReady,
    `(if (i32.eq (call $model_is_ready ${textAt("reloaded")} (i64.const 1)) (i32.const 1)) (then ${COPIES}))
     (drop (call $response_error (i32.const 0) (i32.const 4) (i32.const 16) (i32.const 17))) (return (i32.const 0))`,
  )}
  ${ifFloats(ACTION.load, orRefusal(`(call $model_load ${textAt("reloaded")} (i32.const 0) (i32.const 0))`))}
  ${ifFloats(ACTION.unload, orRefusal(`(call $model_unload ${textAt("reloaded")} (i32.const 0))`))}
  ${ifFloats(ACTION.loadAbsent, orRefusal(`(call $model_load ${textAt("absent")} (i32.const 0) (i32.const 0))`))}
  unreachable`;

const repository = new ModelRepository();

beforeAll(() => {
  repository.add("reloaded", floatConfig("identity"));
  const deaf = guest("(call $poll_after (i32.const 5))");
  repository.add("deaf", floatConfig("wasm"), { "model.wasm": deaf });
  repository.add("controls", floatConfig("wasm"), { "model.wasm": guest(CONTROLS, CALL_TEXTS) });
});
afterAll(() => repository.remove());

describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [IDENTITY_BACKEND, WASM_BACKEND],
    });
    await server.http.load("controls");
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const refusal = (action: keyof typeof ACTION) =>
    server.http.inferError("controls", [floats("INPUT0", Array(ACTION[action]).fill(1))]);

  test("a guest loads a model, asks whether it is ready, and unloads it", async () => {
    expect(await refusal("isReady")).toContain("said by the guest");
    expect(await refusal("load")).toBeUndefined();
    expect(await refusal("isReady")).toBeUndefined();
    expect(await refusal("unload")).toBeUndefined();
    await until("the unload", async () => (await refusal("isReady")) !== undefined);
    expect(await refusal("loadAbsent")).toMatch(/model 'absent' was not loaded: failed to load/);
  });

  test("a module that asks for polls and does not export triton_poll does not load", async () => {
    expect(await server.http.loadError("deaf")).toContain(
      "the module calls 'poll_after', but does not export the function that the host calls then: export 'triton_poll' as a function () -> i32",
    );
    expect(await server.http.live()).toBe(true);
  });
});
