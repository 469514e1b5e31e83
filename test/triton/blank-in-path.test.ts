import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { floatConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { IDENTITY_BACKENDS } from "../support/wasm/guests.js";

test("finding 36: a repository in a folder whose path has a blank is served, as the demo's of such a clone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "a b-"));
  const repository = join(folder, "my models");
  mkdirSync(join(repository, "plain/1"), { recursive: true });
  writeFileSync(join(repository, "plain/config.pbtxt"), floatConfig("identity"));
  const server = await TritonServer.start({
    modelRepository: repository,
    loadModels: ["plain"],
    backends: IDENTITY_BACKENDS,
  });
  try {
    const { outputs } = await server.http.infer("plain", [floats("INPUT0", [1, 2])]);
    expect(sameTensor(outputs[0]!, floats("OUTPUT0", [1, 2]))).toBe(true);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
