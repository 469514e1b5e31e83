import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { pairsConfig, parameter } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  type Counts,
  errorOf,
  eventually,
  expectCounts,
  expectNoRoom,
  IdentityServer,
  inferTogether,
  metricOf,
  raw,
} from "./support.js";

const NS_PER_MS = 1_000_000;
const DELAY_MS = 3_000;

const FLOATS = { index: 0, type: "TYPE_FP32", dims: [-1] };
const SCALARS = { index: 0, type: "TYPE_FP32", dims: [1], both: "reshape { shape: [] }" };
/** A request without INPUT1 fails when it asks for OUTPUT1. */
const BYTES = { index: 1, type: "TYPE_STRING", dims: [-1], input: "optional: true" };

const MODELS = {
  delayed: pairsConfig("identity", [FLOATS], {
    extra: parameter("execute_delay_ms", String(DELAY_MS)),
  }),
  identity_uint32: pairsConfig("identity", [{ index: 0, type: "TYPE_UINT32", dims: [-1] }], {
    maxBatchSize: 8,
    extra: batchesOf(8),
  }),
  single: pairsConfig("identity", [FLOATS]),
  scalars: pairsConfig("identity", [SCALARS], { maxBatchSize: 4 }),
  mixed: pairsConfig("identity", [FLOATS, BYTES], { maxBatchSize: 8, extra: batchesOf(8) }),
  failing: pairsConfig("identity", [FLOATS, BYTES], { maxBatchSize: 8, extra: batchesOf(8) }),
  no_room: pairsConfig("identity", [FLOATS]),
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS);
});
afterAll(() => server?.stop());

/** As statistics and as metrics. */
async function expectBoth(triton: TritonServer, model: string, counts: Counts): Promise<void> {
  await expectCounts(triton, model, counts);
  const metrics = {
    nv_inference_request_success: counts.success,
    nv_inference_request_failure: counts.failure,
    nv_inference_count: counts.inferences,
    nv_inference_exec_count: counts.executions,
  };
  const read = async () => {
    const entries = Object.keys(metrics).map(async (name) => [
      name,
      await metricOf(triton, name, model),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  };
  await eventually(read, metrics);
}

test("rows 32, 70: the delay counts as inference, and next to nothing as input and output", async () => {
  await server.triton.http.infer("delayed", [floats("INPUT0", [1])]);
  await expectBoth(server.triton, "delayed", {
    success: 1,
    failure: 0,
    inferences: 1,
    executions: 1,
    batches: { 1: 1 },
  });
  const statistics = (await server.triton.grpc.modelStatistics("delayed"))[0]!;
  for (const times of [statistics.inference_stats, statistics.batch_stats[0]]) {
    expect(times.compute_infer.ns).toBeGreaterThanOrEqual(DELAY_MS * NS_PER_MS);
    const around = times.compute_input.ns + times.compute_output.ns;
    expect(around).toBeLessThan((DELAY_MS / 2) * NS_PER_MS);
  }
});

test("rows 71, 72: four requests of batch 2 are 4 successes, 8 inferences and one execution of batch 8", async () => {
  const input = raw("INPUT0", "UINT32", [2, 2], new Uint8Array(16).fill(3));
  const requests = Array.from({ length: 4 }, () => [[input]] as const);
  await inferTogether(server.triton, "identity_uint32", requests);
  await expectBoth(server.triton, "identity_uint32", {
    success: 4,
    failure: 0,
    inferences: 8,
    executions: 1,
    batches: { 8: 1 },
  });
});

test("rows 71, 73: a request of a model without batching is 1 inference, whatever its shape; the server lists a batch size of 1, not of 0", async () => {
  for (const client of CLIENTS) {
    await server.triton[client].infer("single", [floats("INPUT0", [1, 2, 3, 4, 5])]);
  }
  await expectBoth(server.triton, "single", {
    success: 2,
    failure: 0,
    inferences: 2,
    executions: 2,
    batches: { 1: 2 },
  });
});

test("row 74: a batch of scalars counts as its items", async () => {
  await server.triton.http.infer("scalars", [floats("INPUT0", [1, 2, 3], [3, 1])]);
  await server.triton.grpc.infer("scalars", [floats("INPUT0", [4], [1, 1])]);
  await expectBoth(server.triton, "scalars", {
    success: 2,
    failure: 0,
    inferences: 4,
    executions: 2,
    batches: { 1: 1, 3: 1 },
  });
});

test("rows 71, 72, 76: a failed request is a failure and no inference, but part of its batch's size", async () => {
  const { http } = server.triton;
  const send = (batch: number, outputs: string[]) =>
    errorOf(http.infer("mixed", [floats("INPUT0", Array(batch).fill(1), [batch, 1])], { outputs }));
  const errors = await Promise.all([
    send(2, ["OUTPUT0"]),
    send(3, ["OUTPUT1"]),
    send(2, ["OUTPUT0"]),
    send(1, ["OUTPUT0", "OUTPUT1"]),
  ]);
  const refused = expect.stringContaining("INPUT1");
  expect(errors).toEqual([undefined, refused, undefined, refused]);
  await expectBoth(server.triton, "mixed", {
    success: 2,
    failure: 2,
    inferences: 4,
    executions: 1,
    batches: { 8: 1 },
  });
});

test("rows 72, 76: an execution whose requests all failed is counted", async () => {
  const input = floats("INPUT0", [1, 2, 3, 4], [4, 1]);
  const errors = await Promise.all(
    CLIENTS.map((client) => errorOf(server.triton[client].infer("failing", [input]))),
  );
  expect(errors).toEqual(Array(2).fill(expect.stringContaining("INPUT1")));
  await expectBoth(server.triton, "failing", {
    success: 0,
    failure: 2,
    inferences: 0,
    executions: 1,
    batches: { 8: 1 },
  });
});

test("row 71: an output that finds no room is an error to the client, but the python backend counts a success", async () => {
  await expectNoRoom(server.triton, "no_room");
  await expectBoth(server.triton, "no_room", {
    success: 1,
    failure: 0,
    inferences: 1,
    executions: 1,
    batches: { 1: 1 },
  });
});
