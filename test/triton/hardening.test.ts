import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { childrenOf } from "../support/processes.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import type { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

const repository = new ModelRepository();
const input = floats("INPUT0", [1, 2]);

beforeAll(() => {
  repository.add("plain", floatConfig("wasm"), { "model.wasm": identityModule() });
});
afterAll(() => repository.remove());

/** Runs `use` with a server whose environment has a setting for the hardening, and a secret. */
const serverWith = (
  env: Readonly<Record<string, string>>,
  use: (server: TritonServer) => Promise<void>,
) =>
  withServer(
    {
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
      env: { ...env, AWS_SECRET_ACCESS_KEY: "a secret of the server" },
    },
    use,
  );

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("plain", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

/** The process in which the only model runs. */
function executor(server: TritonServer): number {
  const [guard] = server.stubPids();
  return childrenOf(guard!)[0]!.pid;
}

const status = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");

/** How many filters of system calls a process has; a container may have brought one. */
function filters(ofProcess: string): number {
  return Number(/^Seccomp_filters:\t(\d+)$/m.exec(ofProcess)?.[1]);
}

test("by default all restrictions apply, both filters hold for every thread of the executor, and the log says so", async () => {
  await serverWith({}, async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    const pid = executor(server);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const seen = status(pid, `task/${thread}/status`);
      expect(seen).toMatch(/^NoNewPrivs:\t1$/m);
      expect(seen).toMatch(/^Seccomp:\t2$/m);
      // That of the guard, before Node's first instruction, and one without other programs.
      expect(filters(seen)).toBe(filters(status(server.pid, "status")) + 2);
    }
    expect(status(pid, "limits")).toMatch(/^Max core file size +0 +0 /m);
    await server.waitForLog(/plain_0.*hardening: no_new_privs, rlimits, landlock \d+, seccomp$/m);
    expect(server.log()).not.toMatch(/^\(node:\d+\)/m);
  });
});

test("of the server's environment an executor has what it needs itself", async () => {
  await serverWith({ TRITON_VERSION: "2.41.0" }, async (server) => {
    await server.http.load("plain");
    const pid = executor(server);
    const names = status(pid, "environ")
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => entry.split("=", 1)[0]);
    expect(names).toContain("TRITON_VERSION");
    expect(names).not.toContain("AWS_SECRET_ACCESS_KEY");
    expect(names).not.toContain("PATH");
    expect(status(pid, "environ")).not.toContain("a secret of the server");
  });
});

test("the server's sockets and files are closed to a guard and its executor", async () => {
  await serverWith({}, async (server) => {
    await server.http.load("plain");
    const own = join(repository.folder, "plain", "1", "model.wasm");
    for (const pid of [server.stubPids()[0]!, executor(server)]) {
      const targets = readdirSync(`/proc/${pid}/fd`)
        .filter((fd) => Number(fd) > 2)
        .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      expect(targets.filter((target) => target.startsWith("socket:"))).toEqual([]);
      const files = targets.filter((target) => /^\/(?!dev\/shm\/|memfd:)/.test(target));
      expect(files.filter((file) => !isOfServer(server, file))).toEqual([own]);
    }
  });
});

/** Files that an executor may read under its restrictions, and the server's library, from which it detects the release. */
function isOfServer(server: TritonServer, file: string): boolean {
  return file.startsWith(server.folder) || file.endsWith("/libtriton_python.so");
}

describe("the operator's word", () => {
  test("required: the model runs on a kernel that offers all restrictions", async () => {
    await serverWith({ TRITON_WASM_HARDENING: "required" }, async (server) => {
      await server.http.load("plain");
      await expectServed(server);
    });
  });

  test("off: no restriction applies, and the log says so", async () => {
    await serverWith({ TRITON_WASM_HARDENING: "off" }, async (server) => {
      await server.http.load("plain");
      await expectServed(server);
      await server.waitForLog(/plain_0.*hardening: off$/m);
    });
  });

  test("a word that is none fails the load and names those that are", async () => {
    await serverWith({ TRITON_WASM_HARDENING: "on" }, async (server) => {
      expect(await server.http.loadError("plain")).toContain(
        "TRITON_WASM_HARDENING is 'on': use auto, off or required",
      );
      expect(await server.http.live()).toBe(true);
    });
  });
});
