import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  for (const language of ["rust", "c"]) {
    const file = join(projectFolder(), `test/fixtures/wasi/${language}.wasm`);
    repository.add(language, floatConfig("wasm", parameter("wasm_env.HOME", "/of/the/model")), {
      "model.wasm": readFileSync(file),
    });
  }
  server = await TritonServer.start({
    modelRepository: repository.folder,
    mode: "none",
    backends: [WASM_BACKEND],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

describe.each([
  ["rust", /map Some\(2\), arguments 0$/m],
  ["c", /random 0$/m],
])("a guest on the standard library of %s", (model, lastLine) => {
  const input = floats("INPUT0", [1, 2, 3]);

  test("works, and its lines are in the server's log under its name", async () => {
    const { outputs } = await server.http.infer(model, [input]);
    expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    const line = (level: string, text: string) =>
      server.waitForLog(new RegExp(`^${level}\\d{4} .*${model}_0\\b.*${text}`, "m"));
    await line("I", "home is .*/of/the/model");
    await line("W", "to open a file: true$");
    await line("I", "after 1970: true$");
    await line("I", lastLine.source);
  });

  test("costs its batch when it exits, and starts anew", async () => {
    expect(await server.http.inferError(model, [floats("INPUT0", [1, 2])])).toContain(
      "the model called proc_exit(3)",
    );
    await server.http.infer(model, [input]);
    expect(await server.http.metrics()).toContain(
      `wasm_guest_traps_total{model="${model}",reason="exit",version="1"} 1`,
    );
  });
});
