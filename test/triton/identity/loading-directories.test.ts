import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor } from "../../support/triton/tensors.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";

const EMPTY = ["no_config.identity", "empty_config.identity", "no_backend.identity"];
const FLOAT_TENSORS = floatConfig("identity").replace(/^backend: .*\n/, "");

const repository = new ModelRepository();
let server: TritonServer;

/** A model directory with an empty version directory; without a config.pbtxt unless there is a text for it. */
function addDirectory(model: string, config?: string): void {
  mkdirSync(join(repository.folder, model, "1"), { recursive: true });
  if (config !== undefined) {
    writeFileSync(join(repository.folder, model, "config.pbtxt"), config);
  }
}

beforeAll(async () => {
  addDirectory("no_config.identity");
  addDirectory("empty_config.identity", "");
  addDirectory("no_backend.identity", "max_batch_size: 4\n");
  addDirectory("tensors.identity", FLOAT_TENSORS);
  addDirectory("named_file", `${floatConfig("identity")}default_model_filename: "absent.bin"\n`);
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: IDENTITY_BACKENDS,
    args: ["--model-load-thread-count=8"],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

async function expectEcho(model: string): Promise<void> {
  const { outputs } = await server.http.infer(model, [floats("INPUT0", [1, 2])]);
  expect(outputs).toHaveLength(1);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [1, 2]))).toBe(true);
}

test.each(EMPTY)(
  "rows 2, 3: '%s' gets the backend of its suffix and loads without any tensor",
  async (model) => {
    const config = await server.http.modelConfig(model);
    expect(config).toMatchObject({
      name: model,
      backend: "identity",
      default_model_filename: "model.identity",
      input: [],
      output: [],
    });
    expect(await server.http.modelReady(model, "1")).toBe(true);
    expect(await server.http.modelMetadata(model)).toMatchObject({ inputs: [], outputs: [] });
  },
);

test("row 3: a configuration with tensors and without a backend gets the backend of the directory's suffix", async () => {
  const config = await server.http.modelConfig("tensors.identity");
  expect(config).toMatchObject({ backend: "identity", default_model_filename: "model.identity" });
  await expectEcho("tensors.identity");
});

test("row 16: models serve from empty version directories, even when the configuration names a file", async () => {
  for (const model of ["tensors.identity", "named_file"]) {
    expect(readdirSync(join(repository.folder, model, "1"))).toEqual([]);
    await expectEcho(model);
  }
  const config = await server.http.modelConfig("named_file");
  expect(config.default_model_filename).toBe("absent.bin");
});
