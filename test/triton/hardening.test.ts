import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { identityModule, WASM_BACKEND } from "./guests.js";
import { TritonServer } from "./harness/server.js";
import { floats, sameTensor } from "./harness/tensors.js";
import { floatConfig, ModelRepository } from "./repository.js";

const repository = new ModelRepository();
const input = floats("INPUT0", [1, 2]);

beforeAll(() => {
  repository.add("plain", floatConfig("wasm"), { "model.wasm": identityModule() });
});
afterAll(() => repository.remove());

/** Runs `use` with a server in whose environment something is said of the walls, and a secret. */
async function withServer(
  env: Readonly<Record<string, string>>,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env: { ...env, AWS_SECRET_ACCESS_KEY: "a secret of the server" },
  });
  try {
    await use(server);
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  } finally {
    await server.dispose();
  }
}

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("plain", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

const status = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");

test("by default all walls stand, every thread of the stub is behind the filter, and the log says so", async () => {
  await withServer({}, async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    const [stub] = server.stubPids();
    const seen = status(stub!, "status");
    expect(seen).toMatch(/^NoNewPrivs:\t1$/m);
    expect(seen).toMatch(/^Seccomp:\t2$/m);
    expect(status(stub!, "limits")).toMatch(/^Max core file size +0 +0 /m);
    await server.waitForLog(/plain_0.*hardening: no_new_privs, rlimits, landlock \d+, seccomp$/m);
    expect(server.log()).not.toMatch(/^\(node:\d+\)/m);
  });
});

test("of the server's environment a stub keeps what it needs itself", async () => {
  await withServer({ TRITON_VERSION: "2.41.0" }, async (server) => {
    await server.http.load("plain");
    const [stub] = server.stubPids();
    const names = status(stub!, "environ")
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => entry.split("=", 1)[0]);
    expect(names).toContain("TRITON_VERSION");
    expect(names).not.toContain("AWS_SECRET_ACCESS_KEY");
    expect(names).not.toContain("PATH");
    expect(status(stub!, "environ")).not.toContain("a secret of the server");
  });
});

test("the server's sockets and files are closed to a stub", async () => {
  await withServer({}, async (server) => {
    await server.http.load("plain");
    const [stub] = server.stubPids();
    const targets = readdirSync(`/proc/${stub}/fd`)
      .filter((fd) => Number(fd) > 2)
      .map((fd) => readlinkSync(`/proc/${stub}/fd/${fd}`));
    expect(targets.filter((target) => target.startsWith("socket:"))).toEqual([]);
    const files = targets.filter((target) => target.startsWith("/"));
    const own = join(repository.folder, "plain", "1", "model.wasm");
    expect(files.filter((file) => !file.startsWith("/dev/shm/"))).toEqual([own]);
  });
});

describe("the operator's word", () => {
  test("required: the model runs on a kernel that has all walls", async () => {
    await withServer({ TRITON_WASM_HARDENING: "required" }, async (server) => {
      await server.http.load("plain");
      await expectServed(server);
    });
  });

  test("off: no wall, and the log says so", async () => {
    await withServer({ TRITON_WASM_HARDENING: "off" }, async (server) => {
      await server.http.load("plain");
      await expectServed(server);
      await server.waitForLog(/plain_0.*hardening: off$/m);
    });
  });

  test("a word that is none fails the load and names those that are", async () => {
    await withServer({ TRITON_WASM_HARDENING: "on" }, async (server) => {
      expect(await server.http.loadError("plain")).toContain(
        "TRITON_WASM_HARDENING says 'on': hardening is one of auto, off, required",
      );
      expect(await server.http.live()).toBe(true);
    });
  });
});
