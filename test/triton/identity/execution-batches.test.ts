import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { pairsConfig, parameter } from "../../support/triton/repository.js";
import { floats } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  expectCounts,
  expectInputBytes,
  expectOutputs,
  IdentityServer,
  inferTogether,
  integers,
  outputOf,
} from "./support.js";

const FLOATS = { index: 0, type: "TYPE_FP32", dims: [-1] };
const INTEGERS = { index: 0, type: "TYPE_INT32", dims: [-1] };
const RAGGED = { ...FLOATS, input: "allow_ragged_batch: true" };

const MODELS = {
  slow: pairsConfig("identity", [INTEGERS], { extra: parameter("execute_delay_ms", "5000") }),
  together: pairsConfig("identity", [RAGGED], { maxBatchSize: 8, extra: batchesOf(8) }),
  ordered: pairsConfig("identity", [RAGGED], { maxBatchSize: 8, extra: batchesOf(4) }),
  plain: pairsConfig("identity", [INTEGERS]),
};

let server: IdentityServer;

beforeAll(async () => {
  server = await IdentityServer.start(MODELS, { logVerbose: 1 });
});
afterAll(() => server?.stop());

test("row 33: computes a request to the end although its client has cancelled it", async () => {
  const { triton } = server;
  const from = triton.log().length;
  const input = integers("INPUT0", [1, 2, 3]);
  const { answer, cancel } = triton.grpc.startInfer("slow", [input]);
  const rejection = expect(answer).rejects.toMatchObject({ status: 1 });
  await triton.waitForLog(/model slow, instance slow_0, executing 1 requests/, from);
  cancel();
  await rejection;
  await triton.waitForLog(/Cancellation notification received/, from);
  await triton.waitForLog(/add response output: output: OUTPUT0/, from);
  const log = triton.log().slice(from);
  expect(log.indexOf("Cancellation notification")).toBeLessThan(log.indexOf("add response output"));
  const counts = { success: 1, failure: 0, inferences: 1, executions: 1, batches: { 1: 1 } };
  await expectCounts(triton, "slow", counts);
  await expectInputBytes(triton, "slow", input.bytes.length);
  expectOutputs(await triton.grpc.infer("slow", [input]), [outputOf(input)]);
});

test("rows 34, 43: requests of one batch keep their tensors, shapes and the order of their items apart", async () => {
  const { triton } = server;
  const inputs = [
    floats("INPUT0", [1, 2, 3, 4, 5, 6], [2, 3]),
    floats("INPUT0", [-1], [1, 1]),
    floats("INPUT0", [], [2, 0]),
    floats("INPUT0", [30, 20, 10, 0, -10, -20], [3, 2]),
  ];
  const answers = await inferTogether(
    triton,
    "together",
    inputs.map((input) => [[input]]),
  );
  for (const [index, input] of inputs.entries()) expectOutputs(answers[index]!, [outputOf(input)]);
  const counts = { success: 4, failure: 0, inferences: 8, executions: 1, batches: { 8: 1 } };
  await expectCounts(triton, "together", counts);
});

test("row 35: answers after the whole batch, once per request and in their order", async () => {
  const { triton } = server;
  const from = triton.log().length;
  const answers = await inferTogether(
    triton,
    "ordered",
    [1, 2, 3, 4].map((length) => [
      [floats("INPUT0", Array<number>(length).fill(length), [1, length])],
      { id: `of-${length}` },
    ]),
  );
  expect(answers.map(({ id }) => id)).toEqual(["of-1", "of-2", "of-3", "of-4"]);
  await triton.waitForLog(/instance name ordered_0 released 4 requests/, from);
  // Which request is which can be seen in the log by the length of its tensor.
  const events = triton
    .log()
    .slice(from)
    .matchAll(/request \d: id = "of-(\d)"|add response output: .* shape: \[1,(\d)\]/g);
  const order = [...events].map(([, worked, answered]) =>
    worked === undefined ? `answered ${answered}` : `worked ${worked}`,
  );
  expect(order.slice(0, 4).sort()).toEqual(["worked 1", "worked 2", "worked 3", "worked 4"]);
  expect(order.slice(4)).toEqual(
    order.slice(0, 4).map((event) => event.replace("worked", "answered")),
  );
});

test.each(CLIENTS)(
  "row 51: ignores id, sequence flags, priority, timeout and parameters over %s",
  async (client) => {
    const input = integers("INPUT0", [4, 5]);
    const parameters = {
      sequence_id: 7,
      sequence_start: true,
      sequence_end: true,
      priority: 3,
      timeout: 60_000_000,
      of_the_client: "text",
      number_of_the_client: -3,
      truth_of_the_client: true,
    };
    for (const id of ["one", "one", "", "é %s {} \"'"]) {
      const answer = await server.triton[client].infer("plain", [input], { id, parameters });
      expectOutputs(answer, [outputOf(input)]);
      expect(answer.id ?? "").toBe(id);
      expect(Object.keys(answer.parameters).filter((key) => /client/.test(key))).toEqual([]);
    }
  },
);
