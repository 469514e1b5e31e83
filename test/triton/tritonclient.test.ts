import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runPython } from "../support/python/environment.js";
import { ModelRepository, pairsConfig } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { configName, DATATYPE_NAMES } from "../support/triton/tensors.js";
import { IDENTITY_BACKENDS } from "../support/wasm/guests.js";

const REQUESTS = 300;

/** Not BF16: the client library of 23.12 has no binary form of it; the other tests send it as raw bytes. */
const DATATYPES = DATATYPE_NAMES.filter((datatype) => datatype !== "BF16");

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const pairs = DATATYPES.map((datatype, index) => ({
    index,
    type: configName(datatype),
    dims: [-1, -1],
    input: "optional: true",
  }));
  repository.add("every_type", pairsConfig("identity", pairs));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: ["every_type"],
    backends: IDENTITY_BACKENDS,
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

test("NVIDIA's own tritonclient gets its tensors back through HTTP, gRPC and system shared memory", async () => {
  const { ports } = server;
  const { stdout, stderr } = await runPython("roundtrip.py", [
    "--http",
    `127.0.0.1:${ports.http}`,
    "--grpc",
    `127.0.0.1:${ports.grpc}`,
    "--model",
    "every_type",
    "--count",
    String(REQUESTS),
  ]);
  if (stdout === "") throw new Error(stderr);
  const report = JSON.parse(stdout);
  expect(report.mismatches).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
  expect(Object.keys(report.by_datatype).sort()).toEqual([...DATATYPES].sort());
  expect(Object.keys(report.by_way)).toEqual(
    expect.arrayContaining(["http", "grpc", "http_shared_memory", "grpc_shared_memory"]),
  );
});
