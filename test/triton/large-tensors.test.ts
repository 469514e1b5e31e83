import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ModelRepository, pairsConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor, type Tensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { guest, IDENTITY_BACKENDS, identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

const MIB = 1024 * 1024;

describe("large tensors", () => {
  const repository = new ModelRepository();
  let server: TritonServer;
  let region: string;

  beforeAll(async () => {
    const config = (type: string) => pairsConfig("wasm", [{ index: 0, type, dims: [-1] }]);
    repository.add("bytes", config("TYPE_UINT8"), { "model.wasm": identityModule() });
    repository.add("zeros", config("TYPE_FP32"), {
      "model.wasm": guest(
        `(i64.store (i32.const 200) (i64.const ${15 * MIB}))
         (drop (call $output_zero (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const 1)))
         (i32.const 0)`,
      ),
    });
    server = await TritonServer.start({
      modelRepository: repository.folder,
      loadModels: ["bytes"],
      // One backend: with a prefix of its own for regions, 23.12 may give two backends one name.
      backends: [WASM_BACKEND],
    });
    region = server.regions()[0]!;
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  const regionBytes = (name = region) => statSync(join("/dev/shm", name)).size;

  async function expectEcho(client: "http" | "grpc", bytes: number, seed: number): Promise<void> {
    const input = tensor(bytes, seed);
    const answer = await server[client].infer("bytes", [input]);
    expect(sameTensor(answer.outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  }

  test("of 64 MiB grow the region and come back equal through HTTP and gRPC", async () => {
    expect(regionBytes()).toBe(MIB);
    await expectEcho("http", 64 * MIB, 1);
    await expectEcho("grpc", 64 * MIB, 2);
    // The response names the bytes of the request.
    expect(regionBytes()).toBeGreaterThan(64 * MIB);
    expect(regionBytes()).toBeLessThan(72 * MIB);
  });

  test("that the model makes grow the region, too", async () => {
    await server.http.load("zeros");
    const { outputs } = await server.http.infer("zeros", [floats("INPUT0", [1])]);
    expect(Buffer.alloc(60 * MIB).equals(outputs[0]!.bytes)).toBe(true);
    const other = server.regions().find((name) => name !== region);
    expect(regionBytes(other)).toBeGreaterThan(60 * MIB);
  });

  test("of one size sent many times do not let the region grow further", async () => {
    await expectEcho("http", MIB, 3);
    const before = regionBytes();
    for (let turn = 0; turn < 240; turn++) await expectEcho("http", MIB, turn);
    expect(regionBytes()).toBe(before);
  });

  test("of 1 GiB come back equal", async () => {
    await expectEcho("http", 1024 * MIB, 4);
    expect(regionBytes()).toBeGreaterThan(1024 * MIB);
    expect(regionBytes()).toBeLessThan(1100 * MIB);
  });
});

/** The second text comes from the guard: the region may grow while the executor still frees the blocks of the request before. */
const TOO_LARGE = /no room for an answer|does not fit 32-bit WebAssembly/;

test("a region that grows beyond 32 bits fails requests with a sentence, and the model can be reloaded", async () => {
  const repository = new ModelRepository();
  repository.add("bytes", pairsConfig("identity", [{ index: 0, type: "TYPE_UINT8", dims: [-1] }]));
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: ["bytes"],
    backends: IDENTITY_BACKENDS,
    pythonBackendConfig: { "shm-growth-byte-size": String(4 * 1024 * MIB) },
  });
  try {
    const small = tensor(1000, 1);
    const large = tensor(2 * MIB, 2);
    const stubs = server.stubPids();
    await server.http.infer("bytes", [small]);
    expect(await server.http.inferError("bytes", [large])).toMatch(TOO_LARGE);
    expect(await server.http.inferError("bytes", [small])).toMatch(TOO_LARGE);
    expect(server.stubPids()).toEqual(stubs);
    await server.http.unload("bytes");
    await until("the unload", () => server.stubs().length === 0);
    await server.http.load("bytes");
    const answer = await server.http.infer("bytes", [small]);
    expect(sameTensor(answer.outputs[0]!, { ...small, name: "OUTPUT0" })).toBe(true);
  } finally {
    await server.stop();
    repository.remove();
  }
});

/** Bytes that differ from page to page and from call to call. */
function tensor(bytes: number, seed: number): Tensor {
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 509) data[at] = (at >> 9) + seed;
  data[bytes - 1] = seed;
  return { name: "INPUT0", datatype: "UINT8", shape: [bytes], bytes: data };
}
