import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { COPY_ALL, guest, WASM_BACKEND } from "./guests.js";
import { TritonServer } from "./harness/server.js";
import { floatConfig, ModelRepository, parameter } from "./repository.js";

const repository = new ModelRepository();
/** In the server's own folder, which is where its commands run. */
const proof = (model: string) => `${model}-ran`;

let server: TritonServer;

beforeAll(async () => {
  const modules = { "model.wasm": guest(`${COPY_ALL} (i32.const 0)`) };
  const add = (name: string, extra: string) =>
    repository.add(name, floatConfig("wasm", extra), modules);
  const environment = join(repository.folder, "env");
  mkdirSync(join(environment, "bin"), { recursive: true });
  writeFileSync(join(environment, "bin/activate"), `touch ${proof("environment")}\n`);
  add("environment", parameter("EXECUTION_ENV_PATH", environment));
  add("file", `default_model_filename: "$(touch ${proof("file")})"`);
  add("group", `instance_group { kind: KIND_CPU name: "$(touch ${proof("group")})" }`);
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
  });
}, 60_000);

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

describe("finding 4: a configuration that makes the server run a command is not served, and the error says so", () => {
  test.each([
    ["environment", /parameter EXECUTION_ENV_PATH is '\S+': .* It may have run already/],
    ["file", /default_model_filename of the model configuration is .* may have run already/],
    ["group", /instance_group\.name of the model configuration is .* may have run already/],
  ])("'%s'", async (model, reason) => {
    expect(await server.http.loadError(model)).toMatch(reason);
    // The server has run it: no stub can stop that, which is why a repository is checked before it is trusted.
    expect(existsSync(join(server.folder, proof(model)))).toBe(true);
    expect(await server.http.live()).toBe(true);
  });
});
