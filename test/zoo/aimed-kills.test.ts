import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Row 34 of docs/security.md: an executor that is killed while the guest is in a call other than triton_execute. */
const repository = new ModelRepository();
let server: TritonServer;

/** The guest says that it is there, and never returns by itself. */
const STAYS = `(drop (call $log (i32.const 0) (i32.const 100) (i32.const 4)))
  (loop $for_ever (br $for_ever))`;
const SAID = `(data (i32.const 100) "busy")`;
const KILLED = /the model's executor died: killed by signal 9 \(SIGKILL\)/;

beforeAll(() => {
  const staysIn = (call: string, result: string) =>
    guest(
      `${COPY_ALL} (i32.const 0)`,
      `${SAID} (func (export "triton_${call}") ${result} ${STAYS} ${result === "" ? "" : "(i32.const 0)"})`,
    );
  const add = (name: string, module: Uint8Array) =>
    repository.add(name, floatConfig("wasm"), { "model.wasm": module });
  add("initialize", staysIn("initialize", "(result i32)"));
  add("auto_complete", staysIn("auto_complete", "(result i32)"));
  add("finalize", staysIn("finalize", ""));
  add("other", guest(`${COPY_ALL} (i32.const 0)`));
});
afterAll(() => repository.remove());

async function answersWell(model: string): Promise<void> {
  const input = floats("INPUT0", [1, 2, 3]);
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

/** Kills the model's executor each time that its guest says that it is busy, until `work` has ended. */
async function killWhenever<Result>(model: string, work: Promise<Result>): Promise<Result> {
  const busy = new RegExp(`\\b${model}(_0)?\\b.*busy"?$`, "gm");
  const before = server.log().match(busy)?.length ?? 0;
  let working = true;
  const result = work.finally(() => {
    working = false;
  });
  for (let killed = 0; working; ) {
    const said = (server.log().match(busy)?.length ?? 0) - before;
    if (said > killed) {
      killed = said;
      await new Instance(server, model).killExecutor();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return result;
}

describe.each(["23.12", "24.10"])("row 34: on %s, an executor that is killed", (release) => {
  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
      loadModels: ["other"],
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  // Up to 24.04 a server cannot be told of the completion's failure: the guest runs once more in the instance, and is killed there.
  test.each(["initialize", "auto_complete"])(
    "in triton_%s fails the load, which names the reason, and another load fails in the same way",
    async (model) => {
      for (let round = 0; round < 2; round++) {
        expect(await killWhenever(model, server.http.loadError(model))).toMatch(KILLED);
        await answersWell("other");
        await until("the end of its stub", () => server.stubs().length === 1);
      }
    },
  );

  test("in triton_finalize ends the unload, and the model can be loaded again", async () => {
    for (let round = 0; round < 2; round++) {
      await server.http.load("finalize");
      await answersWell("finalize");
      const ended = until("the end of its stub", () => server.stubs().length === 1);
      await server.http.unload("finalize");
      await killWhenever("finalize", ended);
      expect(server.log()).not.toMatch(/finalize took more than/);
      await answersWell("other");
    }
  });
});
