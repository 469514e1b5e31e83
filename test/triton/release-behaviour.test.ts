import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, pairsConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, type Tensor } from "../support/triton/tensors.js";
import { guest, identityModule, WASM_BACKEND } from "../support/wasm/guests.js";
import { errorOf, expectOutputs, outputOf } from "./identity/support.js";

const input = floats("INPUT0", [1]);
/** Two elements of which the second claims more characters than there are. */
const BROKEN_TEXTS: Tensor = {
  name: "INPUT0",
  datatype: "BYTES",
  shape: [2],
  bytes: Uint8Array.of(1, 0, 0, 0, 65, 9, 0, 0, 0, 66),
};

/** What a user sees of a release's own, with the first release in which it is so. */
describe.each(["23.12", "24.04", "24.06", "24.08", "24.10"])("Triton %s", (release) => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    repository.add("plain", floatConfig("wasm"), { "model.wasm": identityModule() });
    repository.add("fails", floatConfig("wasm"), { "model.wasm": guest("(i32.const 3)") });
    repository.add("texts", pairsConfig("wasm", [{ index: 0, type: "TYPE_STRING", dims: [-1] }]), {
      "model.wasm": identityModule(),
    });
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: ["plain", "fails", "texts"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  test("request parameters of type double are taken from 24.02 on", async () => {
    const error = await errorOf(
      server.http.infer("plain", [input], { parameters: { share: 0.5 } }),
    );
    if (release >= "24.02") expect(error).toBeUndefined();
    else expect(error).toContain("parameter 'share' has invalid type");
  });

  test("the error of a failed batch names the model from 24.06 on, its instance before", async () => {
    const whose = release >= "24.06" ? "model 'fails_0'" : "model instance 'fails_0'";
    expect(await server.http.inferError("fails", [input])).toBe(
      `Failed to process the request(s) for ${whose}, message: the model's triton_execute failed with status 3`,
    );
  });

  test("texts whose lengths do not fit are the server's business from 24.08 on", async () => {
    if (release >= "24.08") {
      expect(await server.http.inferError("texts", [BROKEN_TEXTS])).toContain(
        "incomplete string data for inference input 'INPUT0'",
      );
    } else {
      const answer = await server.http.infer("texts", [BROKEN_TEXTS]);
      expectOutputs(answer, [outputOf(BROKEN_TEXTS)]);
    }
  });

  test("response parameters, which no release up to 25.01 carries, are set in vain, and the log says so once per model", () => {
    const lines = server
      .log()
      .match(/^I.* plain.*response parameters of this model are not sent/gm);
    expect(lines).toHaveLength(1);
  });
});
