import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const victim = spawn("/bin/sleep", ["600"]);
const region = `/dev/shm/region_${victim.pid}`;
const repository = new ModelRepository();
const source = mkdtempSync(join(tmpdir(), "backend-"));

type Attempts = Readonly<Record<string, string>>;

beforeAll(() => {
  writeFileSync(region, "another model's tensors");
  repository.add("model", floatConfig("wasm"), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
  const backend = join(source, "wasm");
  cpSync(WASM_BACKEND, backend, { recursive: true });
  const attempts = readFileSync(join(projectFolder(), "test/triton/escape-attempts.cjs"), "utf8");
  const entry = join(backend, "executor.cjs");
  const thread = `new (require("node:worker_threads").Worker)(${JSON.stringify(attempts)}, {
    eval: true, workerData: { folder: __dirname, other: ${victim.pid} } });`;
  writeFileSync(entry, `${thread}\n${readFileSync(entry, "utf8")}`);
});

afterAll(() => {
  victim.kill("SIGKILL");
  rmSync(region);
  rmSync(source, { recursive: true });
  repository.remove();
});

/** Loads a model whose executor has a thread that tries to escape. */
async function attemptsWith(mode: string): Promise<Attempts> {
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [join(source, "wasm")],
    env: { TRITON_WASM_HARDENING: mode },
  });
  try {
    await server.http.load("model");
    const [, json = ""] = await server.waitForLog(/model.* attempts (\{.*\})$/m);
    expect(existsSync(join(server.folder, "backends", "wasm", "new"))).toBe(mode === "off");
    return JSON.parse(json);
  } finally {
    await server.stop();
  }
}

test("row 35: the restrictions of the operating system hold for every thread of an executor, from its start on", async () => {
  expect(await attemptsWith("required")).toEqual({
    readsItsOwn: "done",
    readsASecret: "EACCES",
    readsInThePool: "EACCES",
    writes: "EACCES",
    opensAnotherRegion: "EACCES",
    readsAnEnvironment: expect.stringMatching(/^E(ACCES|PERM)$/),
    readsAMemory: expect.stringMatching(/^E(ACCES|PERM)$/),
    connects: "EPERM",
    sends: "EPERM",
    killsAnother: "EPERM",
    runsAProgram: "EPERM",
    compiles: "done",
  });
  expect(victim.exitCode).toBeNull();
});

test("without the restrictions all of these attempts work", async () => {
  const { connects, readsAMemory, ...rest } = await attemptsWith("off");
  // Nobody listens there.
  expect(connects).toBe("ECONNREFUSED");
  // Its first page is mapped nowhere.
  expect(readsAMemory).toBe("EIO");
  expect(new Set(Object.values(rest))).toEqual(new Set(["done"]));
});
