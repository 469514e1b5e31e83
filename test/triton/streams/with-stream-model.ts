import { Instance } from "../../support/triton/instance.js";
import { ModelRepository } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { withServer } from "../../support/triton/with-server.js";
import { until } from "../../support/wait.js";
import { WASM_BACKEND } from "../../support/wasm/guests.js";
import { addStreamModel } from "./stream-guest.js";

/** As withServer, with one stream model. @param limits parameters of the model; guests may fail often */
export async function withStreamModel(
  release: string,
  model: string,
  limits: Readonly<Record<string, string>>,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const repository = new ModelRepository();
  addStreamModel(repository, model, { wasm_failures_max: "1000", ...limits });
  const options = {
    release,
    modelRepository: repository.folder,
    loadModels: [model],
    backends: [WASM_BACKEND],
    env: { wasm_failures_max: "1000" },
  };
  try {
    await withServer(options, use);
  } finally {
    repository.remove();
  }
}

/**
 * The second round leaves no block in the region: the first failure of each kind makes metrics, which stay. A response factory that was not
 * given back would block the unload.
 */
export async function expectNothingLeft(
  server: TritonServer,
  model: string,
  round: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const instance = new Instance(server, model);
  await round(server);
  const allocated = instance.allocatedBytes();
  await round(server);
  await until("the baseline", () => instance.allocatedBytes() <= allocated);
  await server.http.unload(model);
  await until("no stub", () => server.stubs().length === 0);
}
