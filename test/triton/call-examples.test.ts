import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, floats, sameTensor, type Tensor } from "../support/triton/tensors.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const EXAMPLES = join(projectFolder(), "examples/c");
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
const CALLERS = ["bls_sync", "bls_async", "bls_decoupled_sync"];

const repository = new ModelRepository();

beforeAll(() => {
  for (const model of ["add_sub", "pytorch"]) {
    repository.add(model, ADD_SUB_CONFIG);
    cpSync(join(EXAMPLES, "add_sub/1"), join(repository.folder, model, "1"), { recursive: true });
  }
  repository.add("square_int32", SQUARE_CONFIG, { "model.py": Buffer.from(SQUARE) });
  for (const model of CALLERS) {
    cpSync(join(EXAMPLES, model), join(repository.folder, model), { recursive: true });
  }
});
afterAll(() => repository.remove());

describe.each(["23.12", "24.08", "24.10"])(
  "on %s, the examples in C that call models",
  (release) => {
    let server: TritonServer;

    beforeAll(async () => {
      server = await TritonServer.start({
        release,
        modelRepository: repository.folder,
        backends: [WASM_BACKEND],
        python: true,
      });
      for (const model of ["add_sub", "pytorch", "square_int32", ...CALLERS]) {
        await server.http.load(model);
      }
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

    test("bls_sync calls the model that the client names", async () => {
      const { outputs } = await server.http.infer("bls_sync", [named("add_sub"), ...inputs]);
      expectSumAndDifference(outputs);
      expect(await server.http.inferError("bls_sync", [named("absent"), ...inputs])).toContain(
        "absent",
      );
    });

    test("bls_async calls two models at the same time", async () => {
      expectSumAndDifference((await server.http.infer("bls_async", inputs)).outputs);
    });

    test.each([0, 1, 7])("bls_decoupled_sync adds the responses to %d", async (value) => {
      const [sum] = (await server.http.infer("bls_decoupled_sync", [number("IN", value)])).outputs;
      expect(sameTensor(sum!, number("SUM", value * value))).toBe(true);
    });
  },
);
