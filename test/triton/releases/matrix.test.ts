import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRunning } from "../../support/processes.js";
import type { ModelRepository } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { until } from "../../support/wait.js";
import { WASM_BACKEND } from "../../support/wasm/guests.js";
import { CHECKS, KILLED, STOPPED } from "./checks.js";
import { chosenReleases } from "./chosen.js";
import { releaseModels, startRelease } from "./release-server.js";

let models: ModelRepository;
beforeAll(() => {
  models = releaseModels();
});
afterAll(() => models.remove());

describe.each(chosenReleases())("Triton %s", (release) => {
  let server: TritonServer;
  beforeAll(async () => {
    server = await startRelease(release, models);
  });
  afterAll(() => server?.dispose());

  test.each(CHECKS)("$name", ({ run }) => run(server));

  test(STOPPED, async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test(KILLED, async () => {
    const other = await TritonServer.start({
      release,
      modelRepository: models.folder,
      loadModels: ["plain"],
      backends: [WASM_BACKEND],
    });
    try {
      const stubs = other.stubPids();
      expect(stubs).toHaveLength(1);
      await other.kill();
      await until("the stub's end", () => !stubs.some(isRunning));
      expect(other.regions()).toEqual([]);
    } finally {
      await other.dispose();
    }
  });
});
