/** What the SDKs of all languages read and report, on one server of each era (test/guest/sdks/contract). */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CONTRACT_CONFIG,
  CONTRACT_MODELS,
  reportOfConfig,
  textsOf,
} from "../guest/sdks/contract/contract.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, type Tensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const nameOf = (language: string) => `contract_${language.toLowerCase()}`;
const NAMES = CONTRACT_MODELS.map(([language]) => [language, nameOf(language)] as const);

describe.each(["23.12", "24.08", "24.10"])("on server %s", (release) => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    for (const [language, bytes] of CONTRACT_MODELS) {
      repository.add(nameOf(language), CONTRACT_CONFIG, { "model.wasm": bytes });
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
