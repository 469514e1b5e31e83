import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const copies = guest(`${COPY_ALL} (i32.const 0)`);
const input = floats("INPUT0", [1, 2, 3]);
/** Two floats make it endless. */
const ENDLESS =
  "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (loop $for_ever (br $for_ever))))";

async function expectServed(server: TritonServer, model: string): Promise<void> {
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

describe("a model's file behind symbolic links", () => {
  const repository = new ModelRepository();
  const elsewhere = mkdtempSync(join(tmpdir(), "blobs-"));
  let server: TritonServer;

  beforeAll(async () => {
    const blob = join(elsewhere, "0a1b2c");
    writeFileSync(blob, copies);
    repository.add("linked", floatConfig("wasm"));
    symlinkSync(blob, join(repository.folder, "linked", "1", "model.wasm"));
    repository.add("named", floatConfig("wasm", 'default_model_filename: "net.wasm"'));
    symlinkSync(blob, join(repository.folder, "named", "1", "net.wasm"));
    const version = join(elsewhere, "version");
    mkdirSync(version);
    writeFileSync(join(version, "model.wasm"), copies);
    repository.add("folder", floatConfig("wasm"));
    rmSync(join(repository.folder, "folder", "1"), { recursive: true });
    symlinkSync(version, join(repository.folder, "folder", "1"));
    repository.add("nowhere", floatConfig("wasm"));
    symlinkSync(join(elsewhere, "gone"), join(repository.folder, "nowhere", "1", "model.wasm"));
    server = await TritonServer.start({
      // KServe's modelcar: the repository is a link to the files of another process.
      modelRepository: `/proc/${process.pid}/root${repository.folder}`,
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server.stop();
    repository.remove();
    rmSync(elsewhere, { recursive: true });
  });

  test.each([
    ["finding 23: a file that links to a store of blobs", "linked"],
    ["finding 23: a named file that links to a store of blobs", "named"],
    ["finding 23: a version's folder that is a link", "folder"],
  ])(
    "%s loads and serves, in a repository that is reached through /proc (finding 22)",
    async (...row) => {
      const [, model] = row;
      await server.http.load(model);
      await expectServed(server, model);
    },
  );

  test("a link that leads nowhere fails the load, and the error names the file", async () => {
    expect(await server.http.loadError("nowhere")).toMatch(
      /model file '\S+\/nowhere\/1\/model\.wasm' cannot be read \(ENOENT\)/,
    );
  });
});

test("finding 24: a file that is replaced without a load changes nothing, also after a guest was stopped", async () => {
  const repository = new ModelRepository();
  const extra = instances(2) + parameter("wasm_execute_deadline_ms", "300");
  repository.add("model", floatConfig("wasm", extra), {
    "model.wasm": guest(`${ENDLESS} ${COPY_ALL} (i32.const 0)`),
  });
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
  });
  try {
    await server.http.load("model");
    const file = join(repository.folder, "model", "1", "model.wasm");
    writeFileSync(`${file}.new`, "garbage");
    renameSync(`${file}.new`, file);
    const stop = () => server.http.inferError("model", [floats("INPUT0", [1, 2])]);
    // As many at once as there are instances: each is stopped once.
    for (const error of await Promise.all([stop(), stop()])) {
      expect(error).toMatch(/exceeded its wasm_execute_deadline_ms/);
    }
    for (let round = 0; round < 4; round++) await expectServed(server, "model");
    // Also when the file's own bytes are overwritten.
    writeFileSync(file, "other garbage");
    await stop();
    for (let round = 0; round < 4; round++) await expectServed(server, "model");
  } finally {
    await server.stop();
    repository.remove();
  }
});
