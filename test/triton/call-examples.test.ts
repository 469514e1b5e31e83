import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, floats, sameTensor, type Tensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";
import { requestChecks } from "./called/request-checks.js";
import { addRequestModels, REQUEST_MODELS } from "./called/request-models.js";

const EXAMPLES = join(projectFolder(), "examples");
const LANGUAGES = ["assemblyscript", "c", "rust", "zig"];
/** NVIDIA's example of this name, without its delays: the number IN, IN times. */
const SQUARE = `
import numpy as np
import triton_python_backend_utils as pb

class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            value = pb.get_input_tensor_by_name(request, "IN").as_numpy()
            for _ in range(value[0]):
                sender.send(pb.InferenceResponse([pb.Tensor("OUT", value)]))
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
`;
const SQUARE_CONFIG = `backend: "python"
  input [ { name: "IN" data_type: TYPE_INT32 dims: [ 1 ] } ]
  output [ { name: "OUT" data_type: TYPE_INT32 dims: [ 1 ] } ]
  model_transaction_policy { decoupled: true }`;
/** The example add_sub, for the four numbers of the examples that call it. */
const ADD_SUB_CONFIG = `backend: "wasm"
  input [ { name: "INPUT0" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "INPUT1" data_type: TYPE_FP32 dims: [ 4 ] } ]
  output [ { name: "OUTPUT0" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "OUTPUT1" data_type: TYPE_FP32 dims: [ 4 ] } ]`;
const CALLED = ["add_sub", "pytorch"];
const CALLERS = ["bls_sync", "bls_async", "bls_decoupled_sync", "bls_decoupled_async"];

/** Options of a server that writes the traces of all requests to files. */
const traceTo = (file: string) => [
  ...["--trace-config=mode=triton", "--trace-config=level=TIMESTAMPS", "--trace-config=rate=1"],
  ...[`--trace-config=triton,file=${file}`, "--trace-config=triton,log-frequency=1"],
];

const repository = new ModelRepository();

/** The name of an example beside those of the other languages. */
const nameOf = (language: string, model: string) => `${model}_in_${language}`;
const NAMES = LANGUAGES.flatMap((language) => CALLERS.map((model) => nameOf(language, model)));
const configOf = (language: string, model: string) =>
  readFileSync(join(EXAMPLES, language, model, "config.pbtxt"), "utf8");

beforeAll(() => {
  for (const model of CALLED) {
    repository.add(model, ADD_SUB_CONFIG);
    const folder = join(repository.folder, model, "1");
    cpSync(join(EXAMPLES, "c/add_sub/1"), folder, { recursive: true });
  }
  repository.add("square_int32", SQUARE_CONFIG, { "model.py": Buffer.from(SQUARE) });
  for (const language of LANGUAGES) {
    for (const model of CALLERS) {
      const name = nameOf(language, model);
      repository.add(name, configOf(language, model).replace(`"${model}"`, `"${name}"`));
      const folder = join(repository.folder, name, "1");
      cpSync(join(EXAMPLES, language, model, "1"), folder, { recursive: true });
    }
  }
  addRequestModels(repository);
});
afterAll(() => repository.remove());

test.each(CALLERS)("the example %s has one configuration in all languages", (model) => {
  const [first, ...others] = LANGUAGES.map((language) => configOf(language, model));
  for (const other of others) expect(other).toBe(first);
});

describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  const traces = join(repository.folder, `traces-${release}.json`);
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: [...CALLED, "square_int32", ...NAMES, ...REQUEST_MODELS],
      backends: [WASM_BACKEND],
      python: true,
      args: traceTo(traces),
    });
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const inputs = [floats("INPUT0", [1, 2, 3, 4]), floats("INPUT1", [10, 20, 30, 40])];
  const named = (model: string): Tensor => ({
    name: "MODEL_NAME",
    datatype: "BYTES",
    shape: [1],
    bytes: encodeBytes([model]),
  });
  const number = (name: string, value: number): Tensor => ({
    name,
    datatype: "INT32",
    shape: [1],
    bytes: new Uint8Array(Int32Array.of(value).buffer),
  });

  function expectSumAndDifference(outputs: readonly Tensor[]): void {
    const wanted = [floats("OUTPUT0", [11, 22, 33, 44]), floats("OUTPUT1", [-9, -18, -27, -36])];
    for (const tensor of wanted) {
      const output = outputs.find(({ name }) => name === tensor.name);
      expect(sameTensor(output!, tensor)).toBe(true);
    }
  }

  describe.each(LANGUAGES)("the examples in %s that call models", (language) => {
    const [sync, async, decoupled, twice] = CALLERS.map((model) => nameOf(language, model));

    test("bls_sync calls the model that the client names", async () => {
      const { outputs } = await server.http.infer(sync!, [named("add_sub"), ...inputs]);
      expectSumAndDifference(outputs);
      expect(await server.http.inferError(sync!, [named("absent"), ...inputs])).toContain("absent");
    });

    test("bls_async calls two models at the same time", async () => {
      expectSumAndDifference((await server.http.infer(async!, inputs)).outputs);
    });

    test.each([0, 1, 7])("bls_decoupled_sync adds the responses to %d", async (value) => {
      const [sum] = (await server.http.infer(decoupled!, [number("IN", value)])).outputs;
      expect(sum).toMatchObject({ name: "SUM", datatype: "INT32", shape: [1] });
      expect(Buffer.from(sum!.bytes).readInt32LE()).toBe(value * value);
    });

    test.each([0, 1, 7, 300])(
      "bls_decoupled_async adds both streams of responses to %d",
      async (value) => {
        const [sum] = (await server.http.infer(twice!, [number("IN", value)])).outputs;
        expect(sum).toMatchObject({ name: "SUM", datatype: "INT32", shape: [1] });
        expect(Buffer.from(sum!.bytes).readInt32LE()).toBe(2 * value * value);
      },
    );
  });

  requestChecks(() => server, traces);
});
