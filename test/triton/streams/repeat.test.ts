import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../../support/paths.js";
import { ModelRepository } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import type { Tensor } from "../../support/triton/tensors.js";
import { withServer } from "../../support/triton/with-server.js";
import { WASM_BACKEND } from "../../support/wasm/guests.js";

const LANGUAGES = ["assemblyscript", "c", "rust", "zig"];

function tensor(name: string, datatype: "INT32" | "UINT32", values: readonly number[]): Tensor {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return { name, datatype, shape: [values.length], bytes };
}

/** Asks as the client of NVIDIA's example does. @returns OUT and IDX of each response */
async function repeat(server: TritonServer, model: string, values: number[], delays: number[]) {
  const inputs = [
    tensor("IN", "INT32", values),
    tensor("DELAY", "UINT32", delays),
    tensor("WAIT", "UINT32", [5]),
  ];
  const answers = await server.grpc.inferStream(model, inputs);
  return answers.map(({ outputs }) => {
    const number = (name: string) => {
      const { bytes } = outputs.find((output) => output.name === name)!;
      return Buffer.from(bytes).readInt32LE();
    };
    return [number("OUT"), number("IDX")];
  });
}

test("the example repeat has one configuration in all languages", () => {
  const [first, ...others] = LANGUAGES.map((language) => configOf(language));
  for (const other of others) expect(other).toBe(first);
});

test.each(["23.12", "24.08", "24.10"])(
  "on %s the example repeat in four languages sends one response for each element, for several clients at once",
  async (release) => {
    const repository = new ModelRepository();
    for (const language of LANGUAGES) {
      const config = configOf(language).replace('name: "repeat"', `name: "repeat_${language}"`);
      repository.add(`repeat_${language}`, config, { "model.wasm": moduleOf(language) });
    }
    const options = {
      release,
      modelRepository: repository.folder,
      loadModels: LANGUAGES.map((language) => `repeat_${language}`),
      backends: [WASM_BACKEND],
    };
    await withServer(options, async (server) => {
      for (const language of LANGUAGES) {
        const model = `repeat_${language}`;
        expect(await repeat(server, model, [4, -2, 7], [1, 20, 0])).toEqual([
          [4, 0],
          [-2, 1],
          [7, 2],
        ]);
        const streams = await Promise.all(
          [1, 2, 3].map((client) => repeat(server, model, [client, 9], [10, client])),
        );
        expect(streams).toEqual(
          [1, 2, 3].map((client) => [
            [client, 0],
            [9, 1],
          ]),
        );
        await expect(repeat(server, model, [1, 2], [1])).rejects.toThrow(
          "IN and DELAY must have as many elements",
        );
        await server.http.unload(model);
      }
    });
    repository.remove();
  },
);

function configOf(language: string): string {
  return readFileSync(join(folderOf(language), "config.pbtxt"), "utf8");
}

function moduleOf(language: string): Uint8Array {
  return readFileSync(join(folderOf(language), "1/model.wasm"));
}

function folderOf(language: string): string {
  return join(projectFolder(), "examples", language, "repeat");
}
