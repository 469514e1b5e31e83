import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import {
  assemble,
  IDENTITY_BACKEND,
  IDENTITY_BACKENDS,
  identityModule,
  WASM_BACKEND,
} from "../support/wasm/guests.js";

const FIVE_GIB = String(5 * 1024 ** 3);

/** Loads `model` and expects the same one sentence in the answer and in the log, and a server that goes on serving. */
async function expectRefused(server: TritonServer, model: string, text: RegExp): Promise<void> {
  const from = server.log().length;
  expect(await server.http.loadError(model)).toMatch(text);
  await server.waitForLog(text, from);
  const left = () => server.stubs().filter(({ commandLine }) => commandLine.includes(model));
  expect(left()).toEqual([]);
  expect(await server.http.live()).toBe(true);
}

describe("a model that cannot be served", () => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    const good = identityModule();
    const add = (name: string, bytes: Uint8Array | undefined, extra = "") =>
      repository.add(
        name,
        floatConfig("wasm", extra),
        bytes === undefined ? {} : { "model.wasm": bytes },
      );
    add("good", good);
    add("missing", undefined);
    add("empty", new Uint8Array(0));
    add("truncated", good.subarray(0, good.length - 20));
    add("not_wasm", Buffer.from("#!/usr/bin/python\n"));
    add(
      "wrong_import",
      assemble(
        '(module (import "env" "open" (func)) (memory (export "memory") 1) (func (export "triton_execute") (result i32) (i32.const 0)))',
      ),
    );
    add("no_execute", assemble('(module (memory (export "memory") 1))'));
    add("bad_parameter", good, parameter("wasm_execute_deadline_ms", "soon"));
    add(
      "trap_at_start",
      assemble(`(module (memory (export "memory") 1) (func $start unreachable) (start $start)
        (func (export "triton_execute") (result i32) (i32.const 0)))`),
    );
    add(
      "refuses_itself",
      assemble(`(module (memory (export "memory") 1)
        (func (export "triton_initialize") (result i32) (i32.const 7))
        (func (export "triton_execute") (result i32) (i32.const 0)))`),
    );
    server = await TritonServer.start({
      modelRepository: repository.folder,
      loadModels: ["good"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  afterEach(async () => {
    const answer = await server.http.infer("good", [floats("INPUT0", [4])]);
    expect(sameTensor(answer.outputs[0]!, floats("OUTPUT0", [4]))).toBe(true);
  });

  test.each([
    ["missing", /model file '\S*\/missing\/1\/model\.wasm' cannot be read \(ENOENT\)/],
    ["empty", /model file '\S*\/empty\/1\/model\.wasm': .*not a WebAssembly module: .*it is empty/],
    ["truncated", /truncated\/1\/model\.wasm': the module is malformed at byte \d+/],
    ["not_wasm", /not_wasm\/1\/model\.wasm': .*not a WebAssembly module: .*it is Python source/],
    [
      "wrong_import",
      /imports env\.open, which this backend does not offer: the linker did not find its definition/,
    ],
    ["no_execute", /lacks the export 'triton_execute'/],
    ["bad_parameter", /wasm_execute_deadline_ms is 'soon'/],
    ["trap_at_start", /the model trapped in its start section.*unreachable/],
    ["refuses_itself", /triton_initialize failed with status 7/],
  ])("'%s' fails its load with one sentence", async (model, text) => {
    await expectRefused(server, model, text);
  });
});

describe("a server that this backend cannot speak with", () => {
  const repository = new ModelRepository();
  beforeAll(() => repository.add("any", floatConfig("identity")));
  afterAll(() => repository.remove());

  test("of an unsupported release gets the release and what is supported as the load's error", async () => {
    const server = await TritonServer.start({
      modelRepository: repository.folder,
      backends: IDENTITY_BACKENDS,
      env: { TRITON_WASM_RELEASE: "23.09" },
    });
    try {
      await expectRefused(
        server,
        "any",
        /Triton release 23\.09 is not supported: .*23\.10 to 26\.07/,
      );
    } finally {
      await server.stop();
    }
  });

  test("with a region beyond 32 bits gets limit and setting as the load's error", async () => {
    const server = await TritonServer.start({
      modelRepository: repository.folder,
      backends: IDENTITY_BACKENDS,
      pythonBackendConfig: { "shm-default-byte-size": FIVE_GIB },
    });
    try {
      await expectRefused(server, "any", /does not fit 32-bit WebAssembly.*shm-default-byte-size/);
    } finally {
      await server.stop();
    }
  });

  test.each([
    [
      "whose region has no name in our file system",
      'rm "/dev/shm/$2"',
      /shared-memory region cannot be opened .*No such file or directory/,
    ],
    [
      "finding 37: whose region's name another server has taken",
      'cp "/dev/shm/$2" "/dev/shm/$2.copy" && mv "/dev/shm/$2.copy" "/dev/shm/$2"',
      /another server has taken the name of this server's shared-memory region, \S+: give each server .* a different --backend-config=python,shm-region-prefix-name/,
    ],
  ])("%s gets that as the load's error", async (_title, command, reason) => {
    // The launcher of this copy changes the region's name before the stub looks for it.
    const folder = mkdtempSync(join(tmpdir(), "backend-"));
    const backend = join(folder, "identity");
    cpSync(IDENTITY_BACKEND, backend, { recursive: true });
    const launcher = join(backend, "triton_python_backend_stub");
    copyFileSync(launcher, join(backend, "launcher"));
    writeFileSync(
      launcher,
      `#!/bin/sh\n[ $# -gt 0 ] || exit 1\n${command}\nexec "$(dirname "$0")/launcher" "$@"\n`,
    );
    chmodSync(launcher, 0o755);
    const server = await TritonServer.start({
      modelRepository: repository.folder,
      backends: [WASM_BACKEND, backend],
    });
    try {
      await expectRefused(server, "any", reason);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each(["23.12", "24.10"])(
    "fails to load when the executor dies before the first command, also in %s",
    async (release) => {
      const folder = mkdtempSync(join(tmpdir(), "backend-"));
      const backend = join(folder, "identity");
      // A backend with a runtime of its own, which needs no other folder.
      cpSync(WASM_BACKEND, backend, { recursive: true });
      copyFileSync(join(IDENTITY_BACKEND, "model.wasm"), join(backend, "model.wasm"));
      const entry = join(backend, "executor.cjs");
      writeFileSync(
        entry,
        `throw new Error("the executor is ill");\n${readFileSync(entry, "utf8")}`,
      );
      const server = await TritonServer.start({
        release,
        modelRepository: repository.folder,
        backends: [backend],
      });
      try {
        await expectRefused(
          server,
          "any",
          /ended 3 times before it accepted a command .*it exited with status 1: .*the executor is ill/,
        );
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
