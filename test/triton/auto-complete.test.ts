import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { COPY_ALL, finding, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const COMPLETED = JSON.stringify({
  name: "completes",
  backend: "wasm",
  max_batch_size: 4,
  input: [{ name: "INPUT0", data_type: "TYPE_FP32", dims: [-1] }],
  output: [{ name: "OUTPUT0", data_type: "TYPE_FP32", dims: [-1] }],
});

/** Completes the configuration with this text; must end in an i32. */
const completing = (text: string, body: string) => `
  (data (i32.const 1000) "${text.replaceAll('"', '\\"')}")
  (func (export "triton_auto_complete") (result i32) ${body})`;
const set = (text: string) =>
  `(drop (call $set_model_config (i32.const 1000) (i32.const ${text.length}))) (i32.const 0)`;

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(() => {
  const add = (name: string, text: string, body: string, config = "") =>
    repository.add(name, `backend: "wasm"\n${config}`, {
      "model.wasm": guest(`${COPY_ALL} (i32.const 0)`, completing(text, body)),
    });
  add("completes", COMPLETED, set(COMPLETED));
  const huge = '{"max_batch_size": 2000000000}';
  add("batch_size", huge, set(huge), "sequence_batching { direct { } }");
  // It names itself so.
  repository.add("race0", 'backend: "wasm"', { "model.wasm": finding("01-auto-complete.wasm") });
  add("no_json", "{nothing}", set("{nothing}"));
  add("list", "[1]", set("[1]"));
  add("fails", "dims are odd", "(drop (call $fail (i32.const 1000) (i32.const 12))) (i32.const 1)");
  add("traps", "", "(unreachable)");
  add(
    "endless",
    "",
    "(loop $for_ever (br $for_ever)) (i32.const 0)",
    parameter("wasm_initialize_deadline_ms", "300"),
  );
});

afterAll(() => repository.remove());

// Up to 24.04 the server cannot be told when it asks.
describe.each(["23.12", "24.10"])("on %s", (release) => {
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

  test("a model completes its configuration, and serves with it", async () => {
    await server.http.load("completes");
    const input = floats("INPUT0", [1, 2, 3], [1, 3]);
    const { outputs } = await server.http.infer("completes", [input]);
    expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  });

  describe("a model that does not", () => {
    test.each([
      // Finding 1: the server believed both, and died of the first.
      [
        "race0",
        /completes its configuration with name, sequence_batching, but a model may only complete max_batch_size/,
      ],
      ["batch_size", /with max_batch_size = 2000000000: it must be a whole number from 0 to 65536/],
      ["no_json", /with a text that is not JSON/],
      ["list", /with JSON that is not an object/],
      ["fails", /dims are odd/],
      ["traps", /the model trapped in triton_auto_complete.*unreachable/],
      ["endless", /exceeded its wasm_initialize_deadline_ms of 300 ms/],
    ])("'%s' fails its load and says why", async (model, reason) => {
      expect(await server.http.loadError(model)).toMatch(reason);
      expect(await server.http.live()).toBe(true);
    });
  });
});
