import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Triton's codes by their numbers in the ABI, and the status of gRPC that the server makes of each. */
const CODES: readonly [string, number][] = [
  ["unknown", 2],
  ["internal", 13],
  ["not found", 5],
  ["invalid argument", 3],
  ["unavailable", 14],
  ["unsupported", 12],
  ["already exists", 6],
  ["cancelled", 1],
];

/** Answers with the code that is the number of floats, minus 1. */
const ANSWERS_WITH_CODE = `
  (drop (call $response_error (i32.const 0)
    (i32.sub (i32.div_u (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 4)) (i32.const 1))
    (i32.const 100) (i32.const 13)))
  (i32.const 0)`;

const repository = new ModelRepository();

beforeAll(() => {
  const module = guest(ANSWERS_WITH_CODE, '(data (i32.const 100) "as you wished")');
  repository.add("refuses", floatConfig("wasm"), { "model.wasm": module });
});

afterAll(() => repository.remove());

describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: ["refuses"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
  });

  test.each(CODES.map(([name, status], code) => ({ name, status, code })))(
    "a request that a model answers with code $code, $name, has the gRPC status $status",
    async ({ status, code }) => {
      const input = floats("INPUT0", Array(code + 1).fill(1));
      await expect(server.grpc.infer("refuses", [input])).rejects.toMatchObject({
        message: "as you wished",
        status,
      });
    },
  );
});
