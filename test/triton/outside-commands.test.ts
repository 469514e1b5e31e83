import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const repository = new ModelRepository();
/** In the server's own folder, which is where its commands run. */
const proof = (model: string) => `${model}-ran`;

let server: TritonServer;

beforeAll(() => {
  const modules = { "model.wasm": guest(`${COPY_ALL} (i32.const 0)`) };
  const add = (name: string, extra: string) =>
    repository.add(name, floatConfig("wasm", extra), modules);
  const environment = join(repository.folder, "env");
  mkdirSync(join(environment, "bin"), { recursive: true });
  writeFileSync(join(environment, "bin/activate"), `touch ${proof("environment")}\n`);
  add("environment", parameter("EXECUTION_ENV_PATH", environment));
  add("file", `default_model_filename: "$(touch ${proof("file")})"`);
  add("group", `instance_group { kind: KIND_CPU name: "$(touch ${proof("group")})" }`);
});

afterAll(() => repository.remove());

// Up to 24.04 the refusal comes with the initialisation, later already with the completion of the configuration.
describe.each(["23.12", "24.10"])(
  "finding 4, on %s: a configuration that makes the server run a command is not served, and the error says so",
  (release) => {
    beforeAll(async () => {
      server = await TritonServer.start({
        release,
        modelRepository: repository.folder,
        backends: [WASM_BACKEND],
      });
    });

    afterAll(async () => {
      await server?.stop();
    });

    test.each([
      ["environment", /parameter EXECUTION_ENV_PATH is '\S+': .* It may have run already/],
      ["file", /default_model_filename of the model configuration is .* may have run already/],
      ["group", /instance_group\.name of the model configuration is .* may have run already/],
    ])("'%s'", async (model, reason) => {
      expect(await server.http.loadError(model)).toMatch(reason);
      // The server runs it before it starts a stub, which is why a repository is checked before it is trusted. An instance's name
      // is not passed before the configuration is completed, and that is refused where it can be.
      const prevented = release === "24.10" && model === "group";
      expect(existsSync(join(server.folder, proof(model)))).toBe(!prevented);
      expect(await server.http.live()).toBe(true);
    });
  },
);
