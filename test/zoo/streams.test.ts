import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Rows of the zoo in docs/security.md, by their numbers: decoupled guests. */
const repository = new ModelRepository();
let server: TritonServer;

const DECOUPLED = "model_transaction_policy { decoupled: true }";
const PER_SECOND = 100;
const SEND = `
  (drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0)))
  (drop (call $response_send (i32.const 0)))`;
/** Two floats provoke the guest; it copies any other input. */
const provoked = (body: string) =>
  guest(`(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then ${body} (return (i32.const 0))))
    ${COPY_ALL} (i32.const 0)`);

function add(name: string, module: Uint8Array, limits: Readonly<Record<string, string>>): void {
  const parameters = Object.entries(limits).map(([key, value]) => parameter(key, value));
  const extra = [DECOUPLED, ...parameters].join("\n");
  repository.add(name, floatConfig("wasm", extra), { "model.wasm": module });
}

beforeAll(async () => {
  add("flood", provoked(`(loop $again ${SEND} (br $again))`), {
    wasm_responses_max_per_second: String(PER_SECOND),
    wasm_execute_deadline_ms: "2500",
  });
  add("unknown", provoked("(drop (call $response_send (i32.const 1073741824)))"), {});
  add("forgets", provoked(`${SEND} (drop (call $request_keep (i32.const 0)))`), {
    wasm_stream_deadline_ms: "500",
  });
  repository.add("plain", floatConfig("wasm"), { "model.wasm": provoked(SEND) });
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
  });
  for (const model of ["flood", "unknown", "forgets", "plain"]) await server.http.load(model);
});

afterAll(async () => {
  const ended = await server?.stop();
  repository.remove();
  expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
});

const ask = (model: string, values: number[]) =>
  server.grpc.stream(model, [floats("INPUT0", values)]).end;

async function serves(model: string): Promise<void> {
  const { answers, error } = await ask(model, [1, 2, 3]);
  expect({ count: answers.length, error }).toEqual({ count: 1, error: undefined });
}

test("row 25: a flood of responses is slowed down to the model's limit, and ends at the deadline", async () => {
  const { answers, error } = await ask("flood", [1, 2]);
  expect(error?.message).toContain("exceeded its wasm_execute_deadline_ms");
  // Three seconds begin within the deadline.
  expect(answers.length).toBeGreaterThan(PER_SECOND);
  expect(answers.length).toBeLessThanOrEqual(3 * PER_SECOND);
  await serves("flood");
});

test("row 25: a response to an unknown request ends the call", async () => {
  const { answers, error } = await ask("unknown", [1, 2]);
  expect(answers).toHaveLength(0);
  expect(error?.message).toContain("the model asked for request 1073741824, but there are 1");
  await serves("unknown");
});

test("a model that is not decoupled cannot send responses", async () => {
  const refused = await server.http.inferError("plain", [floats("INPUT0", [1, 2])]);
  expect(refused).toContain("set model_transaction_policy { decoupled: true }");
});

test("row 26: a request whose last response never comes gets an error, and blocks neither others nor the unload", async () => {
  const forgotten = ask("forgets", [1, 2]);
  await serves("forgets");
  const { answers, error } = await forgotten;
  expect(answers).toHaveLength(1);
  expect(error?.message).toContain("did not finish the request within its wasm_stream_deadline_ms");
  void ask("forgets", [1, 2]);
  await server.http.unload("forgets");
  await until("three stubs", () => server.stubs().length === 3);
});
