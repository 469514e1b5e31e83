import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { InferAnswer } from "../../support/triton/http-client.js";
import { pairsConfig } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  errorOf,
  expectCounts,
  expectInputBytes,
  expectOutputs,
  IdentityServer,
  outputOf,
} from "./support.js";

const GRPC_INVALID_ARGUMENT = 3;
const GRPC_UNIMPLEMENTED = 12;
const TEXT_ID = { parameters: { sequence_id: "a-text" } };

/**
 * The server only counts what a request brings: with one optional input in the place of a required one, the model sees
 * a request without a required input. More is not possible.
 */
const REQUIRED_MIDDLE = [
  { index: 0, type: "TYPE_FP32", dims: [-1], input: "optional: true" },
  { index: 1, type: "TYPE_FP32", dims: [-1] },
  { index: 2, type: "TYPE_FP32", dims: [-1], input: "optional: true" },
];
const FLOATS = [{ index: 0, type: "TYPE_FP32", dims: [-1] }];

const MODELS = {
  plain: pairsConfig("identity", REQUIRED_MIDDLE),
  skips: pairsConfig("identity", REQUIRED_MIDDLE),
  together: pairsConfig("identity", REQUIRED_MIDDLE, { maxBatchSize: 4, extra: batchesOf(4) }),
  texts: pairsConfig("identity", FLOATS),
  texts_together: pairsConfig("identity", FLOATS, { maxBatchSize: 4, extra: batchesOf(4) }),
};

describe("on 23.12", () => {
  let server: IdentityServer;
  let stubs: number[];

  beforeAll(async () => {
    server = await IdentityServer.start(MODELS);
    stubs = server.triton.stubPids();
  });
  afterAll(() => server?.stop());

  const first = floats("INPUT0", [1, 2, 3]);
  const third = floats("INPUT2", [5, 6, 7, 8, 9]);

  test("row 48: a missing required input is an error of type unsupported that names it", async () => {
    const { http, grpc } = server.triton;
    const options = { outputs: ["OUTPUT1"] };
    const message = expect.stringContaining("failed to get input 'INPUT1'");
    await expect(http.infer("plain", [first], options)).rejects.toMatchObject({
      message,
      status: 400,
    });
    await expect(grpc.infer("plain", [first], options)).rejects.toMatchObject({
      message,
      status: GRPC_UNIMPLEMENTED,
    });
    const answer = await http.infer("plain", [first], { outputs: ["OUTPUT0"] });
    expectOutputs(answer, [outputOf(first)]);
  });

  test("rows 49, 66: the outputs after an error are skipped, and the model goes on", async () => {
    const { triton } = server;
    const inputs = [first, third];
    let counted = 0;
    for (const client of CLIENTS) {
      const error = await errorOf(triton[client].infer("skips", inputs));
      expect(error).toContain("failed to get input 'INPUT1'");
      // INPUT0 has been counted before the error, INPUT2 is not looked at.
      counted += first.bytes.length;
      await expectInputBytes(triton, "skips", counted);
      const answer = await triton[client].infer("skips", inputs, {
        outputs: ["OUTPUT0", "OUTPUT2"],
      });
      expectOutputs(answer, inputs.map(outputOf));
      counted += first.bytes.length + third.bytes.length;
      await expectInputBytes(triton, "skips", counted);
    }
    expect(triton.stubPids()).toEqual(stubs);
  });

  test("row 49: a request that fails costs no other request of its batch anything", async () => {
    const { triton } = server;
    const inputs = [0, 2].map((index) => floats(`INPUT${index}`, [index, -index], [1, 2]));
    const wanted = [["OUTPUT0"], ["OUTPUT0", "OUTPUT1"], ["OUTPUT2"], ["OUTPUT1"]];
    const answers = await Promise.allSettled(
      wanted.map((outputs) => triton.http.infer("together", inputs, { outputs })),
    );
    // The statistics say that these four were one batch.
    const counts = { success: 2, failure: 2, inferences: 2, executions: 1, batches: { 4: 1 } };
    await expectCounts(triton, "together", counts);
    expect(answers.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    for (const [index, input] of [0, 2].entries()) {
      const answer = answers[input] as PromiseFulfilledResult<InferAnswer>;
      expectOutputs(answer.value, [outputOf(inputs[index]!)]);
    }
    expect(triton.stubPids()).toEqual(stubs);
  });

  test("row 50: a text as correlation id is refused", async () => {
    const { http, grpc } = server.triton;
    const message = expect.stringMatching(/correlation ID in request is not an unsigned int$/);
    const input = floats("INPUT0", [1], [1]);
    await expect(http.infer("texts", [input], TEXT_ID)).rejects.toMatchObject({
      message,
      status: 400,
    });
    await expect(grpc.infer("texts", [input], TEXT_ID)).rejects.toMatchObject({
      message,
      status: GRPC_INVALID_ARGUMENT,
    });
    expectOutputs(await http.infer("texts", [input]), [outputOf(input)]);
  });

  test("row 50: a text as correlation id makes the python backend of 23.12 itself refuse the whole batch", async () => {
    const { triton } = server;
    const answers = await Promise.all(inferBatchWithTextId(triton));
    expect(answers).toEqual(Array(4).fill(expect.stringMatching(/is not an unsigned int$/)));
    const counts = { success: 0, failure: 4, inferences: 0, executions: 0, batches: {} };
    await expectCounts(triton, "texts_together", counts);
    expect(triton.stubPids()).toEqual(stubs);
  });
});

describe("on 24.05, which lets texts through to the model,", () => {
  let server: IdentityServer;

  beforeAll(async () => {
    server = await IdentityServer.start(MODELS, { release: "24.05", logVerbose: 1 });
  });
  afterAll(() => server?.stop());

  test("row 50: a text as correlation id costs no other request of its batch anything on 24.05", async () => {
    const { triton } = server;
    const answers = await Promise.all(inferBatchWithTextId(triton));
    expect(answers).toEqual([
      undefined,
      undefined,
      undefined,
      expect.stringMatching(/is not an unsigned int$/),
    ]);
    const counts = { success: 3, failure: 1, inferences: 3, executions: 1, batches: { 4: 1 } };
    await expectCounts(triton, "texts_together", counts);
  });

  test("row 56: a request with a text as correlation id is in the log as an error on 24.05", async () => {
    const { triton } = server;
    const from = triton.log().length;
    await errorOf(triton.grpc.infer("texts", [floats("INPUT0", [1])], TEXT_ID));
    await triton.waitForLog(
      /^E\d{4} .*request 0: failed to read request input\/output counts, error response sent/m,
      from,
    );
  });
});

/** Four requests, the last with a text; the text of the error with which each is answered. */
function inferBatchWithTextId(triton: TritonServer): Promise<string | undefined>[] {
  return [1, 2, 3, 4].map((value) =>
    errorOf(
      triton.http.infer(
        "texts_together",
        [floats("INPUT0", [value], [1, 1])],
        value === 4 ? TEXT_ID : {},
      ),
    ),
  );
}
