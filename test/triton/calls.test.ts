import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { CALL_TEXTS, callOf, forward, send, shared } from "../support/wasm/call-guests.js";
import { guest, IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

const repository = new ModelRepository();

beforeAll(() => {
  repository.add("identity", floatConfig("identity"));
  const forwards = `${callOf("identity")} ${shared} ${send} ${forward} (i32.const 0)`;
  repository.add("forwards", floatConfig("wasm"), { "model.wasm": guest(forwards, CALL_TEXTS) });
});
afterAll(() => repository.remove());

/** One release of each execute era. */
describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [IDENTITY_BACKEND, WASM_BACKEND],
    });
    for (const model of ["identity", "forwards"]) await server.http.load(model);
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test("a call of another model whose input and output nobody copies", async () => {
    for (const count of [1, 2, 1000, 300_000]) {
      const input = floats(
        "INPUT0",
        Array.from({ length: count }, (_, index) => index + 1),
      );
      const [output] = (await server.http.infer("forwards", [input])).outputs;
      expect(sameTensor(output!, { ...input, name: "OUTPUT0" })).toBe(true);
    }
  });
});
