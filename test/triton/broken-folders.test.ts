import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { childrenOf, isRunning } from "../support/processes.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const input = floats("INPUT0", [1, 2, 3]);
const repository = new ModelRepository();
const source = mkdtempSync(join(tmpdir(), "backend-"));
let server: TritonServer;

/** A file of the installed backend's folder. */
const installed = (file: string) => join(server.folder, "backends", "wasm", file);

beforeAll(async () => {
  repository.add("model", floatConfig("wasm"), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
  cpSync(WASM_BACKEND, join(source, "wasm"), { recursive: true });
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [join(source, "wasm")],
  });
});

afterAll(async () => {
  expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  repository.remove();
  rmSync(source, { recursive: true });
});

async function expectServed(): Promise<void> {
  await server.http.load("model");
  const { outputs } = await server.http.infer("model", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  await server.http.unload("model");
}

/** Runs `use` while the file is gone, or has other bytes. */
async function withFile(
  file: string,
  content: string | Uint8Array | undefined,
  use: () => Promise<void>,
): Promise<void> {
  const path = installed(file);
  renameSync(path, `${path}.kept`);
  if (content !== undefined) writeFileSync(path, content);
  try {
    await use();
  } finally {
    renameSync(`${path}.kept`, path);
  }
}

describe("a backend's folder that is not whole fails the load with what is wrong, and the next load succeeds", () => {
  test.each([
    [
      "no node",
      "node",
      undefined,
      /the backend is incomplete: neither \S+\/node nor \S+\/node exists/,
    ],
    ["a node that is not executable", "node", "text", /node: Permission denied/],
    ["no entry of the executor", "executor.cjs", undefined, /Cannot find module .*executor\.cjs/],
    ["no program", "stub.cjs", undefined, /ENOENT.*stub\.cjs/],
    ["half a program", "stub.cjs", "(function(module,require){", /Unexpected end of input/],
    ["no FFI library", "koffi.node", undefined, /Cannot find module '.\/koffi.node'/],
    ["no core", "core.wasm", undefined, /ENOENT.*core\.wasm/],
  ])("%s", async (_what, file, content, words) => {
    await withFile(file, content, async () => {
      expect(await server.http.loadError("model")).toMatch(words);
    });
    await expectServed();
  });
});

describe("a program starts without the code of V8 that belongs to it", () => {
  test.each([
    ["with no code of V8", undefined],
    ["with half of it", readFileSync(join(WASM_BACKEND, "stub.cache")).subarray(0, 9_000)],
    ["with something else in its place", "no code"],
  ])("%s", async (_what, content) => {
    await withFile("stub.cache", content, expectServed);
  });

  test("of two builds: V8 itself looks at the length alone", async () => {
    const program = readFileSync(join(WASM_BACKEND, "stub.cjs"), "latin1");
    const [, fingerprint = ""] = program.split("\n//");
    const other = program
      .replaceAll("cannot be read (", "CANNOT be read (")
      .replace(fingerprint, "0".repeat(64));
    const module = join(repository.folder, "model", "1", "model.wasm");
    await withFile("stub.cjs", Buffer.from(other, "latin1"), async () => {
      renameSync(module, `${module}.kept`);
      try {
        expect(await server.http.loadError("model")).toContain("CANNOT be read (");
      } finally {
        renameSync(`${module}.kept`, module);
      }
    });
  });
});

test("a folder above the backend has a package.json, which the executor must not read", async () => {
  const file = join(server.folder, "package.json");
  writeFileSync(file, "no JSON");
  try {
    await expectServed();
  } finally {
    rmSync(file);
  }
});

test("what the operator's files say after the load is for the next load: a successor goes on as before", async () => {
  await server.http.load("model");
  const [guard] = server.stubPids();
  writeFileSync(installed("limits"), "no ceiling\n");
  writeFileSync(installed("triton-release"), "yesterday");
  const [executor] = childrenOf(guard!);
  process.kill(executor!.pid, "SIGKILL");
  await until("its end", () => !isRunning(executor!.pid));
  await server.http.infer("model", [input]);
  await server.http.unload("model");
  expect(await server.http.loadError("model")).toMatch(/triton-release says 'yesterday'/);
  for (const file of ["limits", "triton-release"]) rmSync(installed(file));
  await expectServed();
});

test("an instance that cannot start an executor answers with the reason, and serves again when it can", async () => {
  await server.http.load("model");
  const [guard] = server.stubPids();
  await withFile("node", undefined, async () => {
    process.kill(childrenOf(guard!)[0]!.pid, "SIGKILL");
    await until("an answer for it", async () =>
      server.http.infer("model", [input]).then(
        () => false,
        (error: Error) =>
          /node: No such file.*the next attempt follows in one second/.test(error.message),
      ),
    );
  });
  await until("the next attempt", () =>
    server.http.infer("model", [input]).then(
      () => true,
      () => false,
    ),
  );
  expect(server.stubPids()).toEqual([guard]);
  await server.http.unload("model");
});

test("a guard that lost its execute bit is the server's own error", async () => {
  chmodSync(installed("triton_python_backend_stub"), 0o644);
  expect(await server.http.loadError("model")).not.toBe("");
  chmodSync(installed("triton_python_backend_stub"), 0o755);
  await expectServed();
});
