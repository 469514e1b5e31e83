/** What the SDKs of all languages read and report, on one server of each era (test/guest/sdks/contract). */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CONTRACT_CONFIG,
  CONTRACT_FILES,
  CONTRACT_MODELS,
  REPORT_OF_FILES,
  reportOfConfig,
  reportOfMetrics,
  textsOf,
} from "../guest/sdks/contract/contract.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, type Tensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const nameOf = (language: string) => `contract_${language.toLowerCase()}`;
const NAMES = CONTRACT_MODELS.map(([language]) => [language, nameOf(language)] as const);

describe.each(["23.12", "24.08", "24.10"])("on server %s", (release) => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    for (const [language, bytes] of CONTRACT_MODELS) {
      repository.add(nameOf(language), CONTRACT_CONFIG, { "model.wasm": bytes });
      const folder = join(repository.folder, nameOf(language), "1", "files");
      mkdirSync(join(folder, "en"), { recursive: true });
      for (const [file, text] of Object.entries(CONTRACT_FILES))
        writeFileSync(join(folder, file), text);
    }
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: NAMES.map(([, name]) => name),
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  /** The lines of a model's report. */
  async function report(
    model: string,
    id: string,
    parameters = {},
    inputs: readonly Tensor[] = [],
  ) {
    // A server needs at least one input.
    const sent = inputs.length > 0 ? inputs : [texts([""])];
    const { outputs } = await server.http.infer(model, sent, { id, parameters });
    return textsOf(outputs[0]!.bytes);
  }

  describe.each(NAMES)("the SDK of %s", (_language, model) => {
    test("reads the model's configuration and its parameters", async () => {
      expect(await report(model, "config")).toEqual(reportOfConfig(model, "1"));
    });

    test("reads the types and values of the client's parameters", async () => {
      const given = { text: 'a "ü" \\ , }', int: -(2 ** 53 - 1), bool: true };
      expect(await report(model, "parameters", given)).toEqual([
        'text string a "ü" \\ , }',
        "int int -9007199254740991",
        "bool bool true",
        "double none",
        "missing none",
      ]);
    });

    test("reads a double from 24.02 on", async () => {
      const given = { double: 2.5 };
      if (release < "24.02") {
        expect(await server.http.inferError(model, [texts([""])], { parameters: given })).toMatch(
          /parameter/,
        );
      } else {
        expect((await report(model, "parameters", given))[3]).toBe("double double 2500");
      }
    });

    test("has metrics of all kinds, with labels, values, refusals and deletion", async () => {
      const hasHistograms = release >= "24.08";
      for (const round of [1, 2]) {
        expect(await report(model, "metrics")).toEqual(reportOfMetrics(round, hasHistograms));
      }
      const things = (stage: string) =>
        `contract_things{model="${model}",stage="${stage}",version="1"}`;
      const counters = [`${things("one")} 3`, `${things('two \\\\ \\"2\\"')} 80`];
      const sizes = (suffix: string, more = "") =>
        `contract_sizes_${suffix}{model="${model}",stage="all",version="1"${more}}`;
      const histogram = [
        `${sizes("bucket", ',le="0.5"')} 2`,
        `${sizes("bucket", ',le="10"')} 4`,
        `${sizes("bucket", ',le="+Inf"')} 6`,
        `${sizes("count")} 6`,
        `${sizes("sum")} 204.5`,
      ];
      const expected = [...counters, ...(hasHistograms ? histogram : [])].sort();
      const own = async () =>
        (await server.http.metrics())
          .split("\n")
          .filter((line) => line.startsWith("contract_") && line.includes(`"${model}"`))
          .sort();
      // The server acknowledges the last change after the responses.
      await until("all changes", async () => String(await own()) === String(expected));
    });

    test("writes to the log at all levels", async () => {
      expect(await report(model, "log")).toEqual(["enabled true false"]);
      for (const line of [/^I.*an info line"?$/m, /^W.*a warning"?$/m, /^E.*an error"?$/m]) {
        await server.waitForLog(line);
      }
    });

    test("reads the files beside the model", async () => {
      expect(await report(model, "files")).toEqual(REPORT_OF_FILES);
    });

    test("reads the elements of BYTES and makes others", async () => {
      const given = ["", "a", "grüße"];
      expect(await report(model, "bytes", {}, [texts(given)])).toEqual(given.toReversed());
    });
  });
});

function texts(elements: readonly string[]): Tensor {
  const bytes = encodeBytes(elements);
  return { name: "TEXTS", datatype: "BYTES", shape: [elements.length], bytes };
}
