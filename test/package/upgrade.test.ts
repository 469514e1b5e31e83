import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { installBackend } from "../../host/index.js";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { IDENTITY_BACKENDS, identityModule } from "../support/wasm/guests.js";

const program = join(projectFolder(), "dist/js/host/cli/main.js");

function cli(directory: string, before = "") {
  const line = `${before} exec "$0" "$1" install-backend "$2"`;
  return spawnSync("bash", ["-c", line, process.execPath, program, directory], {
    encoding: "utf8",
  });
}

const repository = new ModelRepository();
let server: TritonServer;
beforeAll(async () => {
  repository.add("file", floatConfig("wasm"), { "model.wasm": identityModule() });
  repository.add("builtin", floatConfig("identity"));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: IDENTITY_BACKENDS,
  });
});
afterAll(async () => {
  await server?.stop();
  repository.remove();
});

async function infers(model: string): Promise<boolean> {
  const input = floats("INPUT0", [1, 2]);
  const { outputs } = await server.http.infer(model, [input]);
  return sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" });
}

/** Whether the programs that the server runs are still those in the backend directory. */
function runReplacedPrograms(): boolean[] {
  return server.stubPids().map((pid) => readlinkSync(`/proc/${pid}/exe`).endsWith("(deleted)"));
}

test("F10: an upgrade under a running server: loaded instances go on, and a reload gives the new version", async () => {
  const backends = join(server.folder, "backends");
  const wasm = (name: string) => join(backends, "wasm", name);
  writeFileSync(wasm("limits"), "");
  writeFileSync(wasm("of-an-older-version.js"), "");
  appendFileSync(wasm("SHA256SUMS"), `${"0".repeat(64)}  of-an-older-version.js\n`);
  for (const model of ["file", "builtin"]) {
    await server.http.load(model);
    expect(await infers(model)).toBe(true);
  }
  const stubs = server.stubPids();
  expect(runReplacedPrograms()).toEqual([false, false]);

  const { status, stderr } = cli(backends);
  expect([status, stderr]).toEqual([0, ""]);
  // The operator's files stay; what only the older version had is gone.
  expect(existsSync(wasm("limits"))).toBe(true);
  expect(existsSync(wasm("of-an-older-version.js"))).toBe(false);

  for (const model of ["file", "builtin"]) expect(await infers(model)).toBe(true);
  expect(server.stubPids()).toEqual(stubs);
  expect(runReplacedPrograms()).toEqual([true, true]);
  for (const model of ["file", "builtin"]) {
    await server.http.unload(model);
    await until("the end of the instance", () => server.stubs().length < 2);
    await server.http.load(model);
    expect(await infers(model)).toBe(true);
  }
  expect(runReplacedPrograms()).toEqual([false, false]);
});

test("what is installed has the sums of its files, and the licenses of all that it redistributes", () => {
  const directory = mkdtempSync(join(tmpdir(), "backends-"));
  try {
    const [wasm] = installBackend(directory);
    const sums = spawnSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], {
      cwd: wasm!,
    });
    expect(sums.status).toBe(0);
    expect(readFileSync(join(wasm!, "SHA256SUMS"), "utf8")).toMatch(
      /^7fde7b8a[0-9a-f]{56} {2}node$/m,
    );
    const license = (name: string) => readFileSync(join(wasm!, "licenses", name), "utf8");
    expect(license("node.txt")).toContain("- libuv, located at deps/uv, is licensed as follows");
    expect(license("koffi.txt")).toContain("Niels Martign");
    expect(license("assemblyscript.txt")).toContain("Apache License");
    expect(license("triton-wasm-backend.txt")).toContain("Apache License");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a full disk, a directory that cannot be written, a file and another backend in the place: status 4 and one sentence", () => {
  const directory = mkdtempSync(join(tmpdir(), "backends-"));
  try {
    // A file may have 1000 blocks of 1024 bytes.
    const full = cli(directory, "ulimit -f 1000;");
    expect([full.status, full.stderr]).toEqual([
      4,
      expect.stringMatching(
        /the disk is full \(E[A-Z]+\): free 125 MiB, .* the previous files are unchanged/,
      ),
    ]);
    expect(existsSync(join(directory, "wasm", "node"))).toBe(false);
    const closed = cli("/sys");
    expect([closed.status, closed.stderr]).toEqual([
      4,
      expect.stringMatching(/the directory cannot be written \(E[A-Z]+\)/),
    ]);
    rmSync(join(directory, "wasm"), { recursive: true });
    writeFileSync(join(directory, "wasm"), "");
    expect(cli(directory).stderr).toMatch(/wasm' is not a directory: remove or rename it\n$/);
    rmSync(join(directory, "wasm"));
    installBackend(directory);
    writeFileSync(join(directory, "identity", "libtriton_identity.so"), "");
    expect(cli(directory).stderr).toMatch(/is another backend: it has libtriton_identity\.so/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
