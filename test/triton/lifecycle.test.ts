import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRunning } from "../support/processes.js";
import { floatConfig, instances, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

const CLIENTS = 8;
/** Those that NVIDIA's stub survives, or inherits as ignored. */
const SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGTERM",
  "SIGPIPE",
  "SIGALRM",
  "SIGUSR1",
  "SIGUSR2",
] as const;

describe("models come and go", () => {
  const repository = new ModelRepository();
  const start = (loadModels: string[]) =>
    TritonServer.start({
      modelRepository: repository.folder,
      loadModels,
      backends: [WASM_BACKEND],
    });

  beforeAll(() => {
    const files = { "model.wasm": identityModule() };
    repository.add("stays", floatConfig("wasm"), files);
    repository.add("three", floatConfig("wasm", instances(3)), files);
  });
  afterAll(() => repository.remove());

  async function expectServes(server: TritonServer, model: string, value: number): Promise<void> {
    const answer = await server.http.infer(model, [floats("INPUT0", [value, -value])]);
    expect(sameTensor(answer.outputs[0]!, floats("OUTPUT0", [value, -value]))).toBe(true);
  }

  test(`3 instances of a model answer ${CLIENTS} clients at once, each its own tensors`, async () => {
    const server = await start(["three"]);
    try {
      expect(server.stubs()).toHaveLength(3);
      await Promise.all(
        Array.from({ length: CLIENTS }, async (_, client) => {
          for (let turn = 0; turn < 200; turn++) {
            await expectServes(server, "three", client * 1000 + turn);
          }
        }),
      );
      // The server counts a request after it has sent the answer.
      await until(`${CLIENTS * 200} counted requests`, async () => {
        const [statistics] = await server.http.modelStatistics("three");
        return statistics.inference_count === CLIENTS * 200;
      });
    } finally {
      await server.stop();
    }
  });

  test("SIGTERM to the server ends it in order, and nothing is left", async () => {
    const server = await start(["stays", "three"]);
    const report = await server.stop();
    expect(report).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test("kill -9 of the server leaves no orphan and no region", async () => {
    const server = await start(["stays", "three"]);
    const stubs = server.stubPids();
    expect(stubs).toHaveLength(4);
    try {
      await server.kill();
      await until("the stubs' end", () => !stubs.some(isRunning));
      expect(server.regions()).toEqual([]);
    } finally {
      await server.dispose();
    }
  });

  test("finding 39: the folder of a server that was killed with its guards goes with the next load of any server", async () => {
    const dead = await start(["stays"]);
    const folders = () => readdirSync("/dev/shm").filter((name) => isFolderOf(name, dead.pid));
    expect(folders()).toHaveLength(1);
    await dead.kill();
    // At once, before the guards have noticed.
    for (const stub of dead.stubPids()) process.kill(stub, "SIGKILL");
    await dead.dispose();
    const next = await start(["stays"]);
    try {
      expect(folders()).toEqual([]);
      expect(readdirSync("/dev/shm").filter((name) => isFolderOf(name, next.pid))).toHaveLength(1);
    } finally {
      await next.stop();
    }
    expect(readdirSync("/dev/shm").filter((name) => isFolderOf(name, next.pid))).toEqual([]);
  });

  test("finding 8: signals to a guard are ignored: the server decides when it ends", async () => {
    const server = await start(["stays"]);
    try {
      const [stub] = server.stubPids();
      for (const signal of SIGNALS) process.kill(stub!, signal);
      await expectServes(server, "stays", 5);
      expect(server.stubPids()).toEqual([stub]);
    } finally {
      await server.stop();
    }
  });
});

/** Whether it is the folder that the stubs of this server share (native/guard/server_folder.c). */
function isFolderOf(name: string, server: number): boolean {
  return new RegExp(`^triton_wasm_\\d+_${server}_\\d+$`).test(name);
}
