import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";
import { assemblyScriptMessages } from "./messages/assemblyscript.js";

/** The models fail more often than a model may: the operator of this server has raised the ceiling. */
const RAISED = { wasm_failures_max: "1000" };
/** They reach the end of their memory soon. */
const LIMITS =
  parameter("wasm_failures_max", RAISED.wasm_failures_max) +
  parameter("wasm_memory_max_bytes", String(64 * 2 ** 20));

/** What each model says for each first number of its input. */
const MESSAGES: Readonly<Record<string, readonly RegExp[]>> = {
  assemblyscript: [
    /: größe: 1 weights are missing 🙂 \(model\.ts:13:22\)/,
    /: Index out of range \(~lib\/staticarray\.ts:\d+:\d+\)/,
    /: the third \(model\.ts:15:5\)/,
    /: aborted \(model\.ts:16:5\)/,
    /: Unexpected 'null' \(not assigned or failed cast\) \(model\.ts:17:19\)/,
    /: (long ){204}long \(model\.ts:18:22\)/,
    /: no page is left \(model\.ts:22:7\)/,
    /: Invalid length \(~lib\/staticarray\.ts:\d+:\d+\)/,
  ],
  c: [
    /: test\/triton\/messages\/c\/model\.c:11: assertion failed: numbers\[0\] != 1/,
    /: the second way to end/,
  ],
  cpp: [/: test\/triton\/messages\/cpp\/model\.cpp:18: assertion failed: numbers_\[0\] != 1/],
  rust: [
    /: panicked at model\.rs:28:14: the weights are missing/,
    /: panicked at model\.rs:29:50: index out of bounds: the len is 1 but the index is 8/,
    /: panicked at model\.rs:30:43: attempt to add with overflow/,
    /: panicked at model\.rs:31:48: called `Option::unwrap\(\)` on a `None` value/,
    /: panicked at .*: capacity overflow/,
    /: panicked at model\.rs:54:5: no memory is left/,
  ],
  zig: [
    /: the weights are missing/,
    /: index out of bounds: index 3, len 1/,
    /: integer overflow/,
    /: attempt to use null value/,
  ],
};

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const { execute, start } = await assemblyScriptMessages();
  const committed = (language: string) =>
    readFileSync(join(projectFolder(), `test/triton/messages/${language}/model.wasm`));
  for (const language of Object.keys(MESSAGES)) {
    const module = language === "assemblyscript" ? execute : committed(language);
    repository.add(language, floatConfig("wasm", LIMITS), { "model.wasm": module });
  }
  repository.add("c_library", floatConfig("wasm", LIMITS), {
    "model.wasm": committed("c_library"),
  });
  repository.add("early", floatConfig("wasm"), { "model.wasm": start });
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: [...Object.keys(MESSAGES), "c_library"],
    backends: [WASM_BACKEND],
    env: RAISED,
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

describe.each(Object.entries(MESSAGES))("finding 29: a model in %s that fails", (model, texts) => {
  test.each(texts.map((text, index) => [index + 1, text] as const))(
    "says why to the client, in its way number %i",
    async (number, text) => {
      const error = await server.http.inferError(model, [floats("INPUT0", [number])]);
      expect(error).toMatch(/trapped in triton_execute.*it reported/);
      expect(error).toMatch(text);
      const input = floats("INPUT0", [0]);
      const { outputs } = await server.http.infer(model, [input]);
      expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    },
  );
});

test.each([...Object.keys(MESSAGES), "c_library"])(
  "finding 31: a request that the model in %s has no memory for fails alone",
  async (model) => {
    const large = { ...floats("INPUT0", [], [20_000_000]), bytes: new Uint8Array(80_000_000) };
    expect(await server.http.inferError(model, [large])).toMatch(
      /(has 80000000 bytes, (above the model's limit of \d+|for which the model has no memory left)|no memory left for 80000000 bytes)$/,
    );
    await server.http.infer(model, [floats("INPUT0", [0])]);
  },
);

test("finding 31: parameters that a model in AssemblyScript reads take no memory for good", async () => {
  const parameters = { long: "x".repeat(1_000_000) };
  for (let request = 0; request < 100; request++) {
    await server.http.infer("assemblyscript", [floats("INPUT0", [0])], { parameters });
  }
});

test("finding 29: a model in AssemblyScript says why it cannot be instantiated", async () => {
  expect(await server.http.loadError("early")).toMatch(/there is no such table \(early\.ts:5:24\)/);
  await server.waitForLog(/^W.*before any export$/m);
});

describe("finding 35: a model in C with a C library", () => {
  test("allocates and computes", async () => {
    const input = floats("INPUT0", [0, 1, 2.25, 4]);
    const { outputs } = await server.http.infer("c_library", [input]);
    expect(sameTensor(outputs[0]!, floats("OUTPUT0", [0, 1, 1.5, 2]))).toBe(true);
  });

  test("reports a false assertion in the server's log", async () => {
    await server.http.inferError("c_library", [floats("INPUT0", [-1])]);
    await server.waitForLog(
      /Assertion failed: numbers\[index\] >= 0 \(test\/triton\/messages\/c_library\/model\.c: answer: 26\)/,
    );
  });
});
