import { expect, test } from "@jest/globals";
import { Instance } from "../../support/triton/instance.js";
import { ModelRepository } from "../../support/triton/repository.js";
import { withServer } from "../../support/triton/with-server.js";
import { until } from "../../support/wait.js";
import { WASM_BACKEND } from "../../support/wasm/guests.js";
import { addStreamModel, ask } from "./stream-guest.js";

const MODEL = "stream";

test.each(["23.12", "24.08", "24.10"])(
  "on %s a guest sends none, one or many responses during its execution, and nothing is left of them",
  async (release) => {
    const repository = new ModelRepository();
    addStreamModel(repository, MODEL, { wasm_execute_deadline_ms: "500" });
    const options = {
      release,
      modelRepository: repository.folder,
      loadModels: [MODEL],
      backends: [WASM_BACKEND],
    };
    await withServer(options, async (server) => {
      const instance = new Instance(server, MODEL);
      expect(await ask(server, MODEL, 1, "lastResponse")).toEqual({ responses: 1 });
      const allocated = instance.allocatedBytes();
      expect(await ask(server, MODEL, 5, "lastResponse")).toEqual({ responses: 5 });
      expect(await ask(server, MODEL, 200, "lastResponse")).toEqual({ responses: 200 });
      expect(await ask(server, MODEL, 3, "keptAndFinished")).toEqual({ responses: 3 });
      expect(await ask(server, MODEL, 3, "error")).toEqual({
        responses: 3,
        error: expect.stringContaining("said by the guest"),
      });
      expect(await ask(server, MODEL, 3, "trap")).toEqual({
        responses: 3,
        error: expect.stringContaining("the model trapped in triton_execute"),
      });
      expect(await ask(server, MODEL, 3, "endless")).toEqual({
        responses: 3,
        error: expect.stringContaining("exceeded its wasm_execute_deadline_ms"),
      });
      expect(await ask(server, MODEL, 2, "lastResponse")).toEqual({ responses: 2 });
      await until("the baseline", () => instance.allocatedBytes() <= allocated);
      // A factory that was not given back would block the unload.
      await server.http.unload(MODEL);
      await until("no stub", () => server.stubs().length === 0);
    });
    repository.remove();
  },
);
