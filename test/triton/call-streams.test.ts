import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRunning } from "../support/processes.js";
import { pythonModel } from "../support/python/environment.js";
import { debtsOf } from "../support/triton/debts.js";
import { Instance } from "../support/triton/instance.js";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import {
  CALL_TEXTS,
  callOf,
  forward,
  passError,
  send,
  shared,
  wait,
} from "../support/wasm/call-guests.js";
import { guest, IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

/** Time between the responses of {@link SLOW} to three elements. */
const SLOW_MS = 3_000;
/** Sends its input at once, or an error and later its input if the first element is 0.5. Ends its stream later: after 3 s if it has three elements. */
const SLOW = `
import time
import triton_python_backend_utils as pb

class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            value = pb.get_input_tensor_by_name(request, "INPUT0").as_numpy()
            if value[0] == 0.5:
                sender.send(pb.InferenceResponse(error=pb.TritonError("an early error")))
                time.sleep(0.3)
            sender.send(pb.InferenceResponse([pb.Tensor("OUTPUT0", value)]))
            time.sleep(${SLOW_MS / 1_000} if value.size == 3 else 0.3)
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
`;
const DECOUPLED = "model_transaction_policy { decoupled: true }";
/** As many as a model may have in flight. */
const CALLS = 16;
/** Of a stream that may have ended, the note of the call stays. */
const UNCLEAR_BYTES = 256;
const MODELS = [
  "identity",
  "repeat",
  "slow",
  "sums",
  "first",
  "leaves_slow",
  "slow_and_repeat",
  "early_and_repeat",
  "errors_at_once",
  "traps",
  "plain",
  "stream_of_one",
];
const SUM = "(global $sum (mut f32) (f32.const 0)) (global $count (mut i32) (i32.const 0))";
/** Adds the elements of all responses to a call up to the end of the stream, or up to an error. */
const addAll = (call = 0) => `
  (loop $next
    (if (i32.eq (call $call_wait (i32.const ${call}) (i32.const 30000)) (i32.const 1)) (then
      (if (i32.ge_s (call $call_error_code (i32.const ${call})) (i32.const 0)) (then ${passError(call)} (return (i32.const 0))))
      (drop (call $call_output_read (i32.const ${call}) (i32.const 0) (i32.const 0) (i32.const 2048) (i32.const 4)))
      (global.set $sum (f32.add (global.get $sum) (f32.load (i32.const 2048))))
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (br $next))))`;
/** Counts a call if one of its responses is an error. */
const countError = (call: number) => `
  (loop $next
    (if (i32.eq (call $call_wait (i32.const ${call}) (i32.const 30000)) (i32.const 1)) (then
      (br_if $next (i32.lt_s (call $call_error_code (i32.const ${call})) (i32.const 0)))
      (global.set $count (i32.add (global.get $count) (i32.const 1))))))`;
/** Output 0: the sum and the count. */
const ANSWER = `
  (i64.store (i32.const 2064) (i64.const 2))
  (f32.store (i32.const 2048) (global.get $sum))
  (f32.store (i32.const 2052) (f32.convert_i32_s (global.get $count)))
  (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 2064) (i32.const 1) (i32.const 8)))
  (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2048) (i32.const 8)))
  (i32.const 0)`;
const RESET = "(global.set $sum (f32.const 0)) (global.set $count (i32.const 0))";

const repository = new ModelRepository();

function addWasm(name: string, body: string): void {
  const module = { "model.wasm": guest(body, CALL_TEXTS + SUM) };
  repository.add(name, floatConfig("wasm", parameter("wasm_failures_max", "1000")), module);
}

beforeAll(() => {
  repository.add("identity", floatConfig("identity"));
  repository.add("repeat", floatConfig("python", `${DECOUPLED} ${instances(2)}`), {
    "model.py": pythonModel("elements_py"),
  });
  repository.add("slow", floatConfig("python", DECOUPLED), { "model.py": Buffer.from(SLOW) });
  const called = `${callOf("repeat")} ${shared()} ${send(0, 1)}`;
  addWasm("sums", `${RESET} ${called} ${addAll()} ${ANSWER}`);
  // Ends after the first response, and leaves the rest of the stream.
  addWasm(
    "first",
    `${called} ${wait()} ${forward()} (drop (call $call_close (i32.const 0))) (i32.const 0)`,
  );
  // The sum, beside a stream that goes on: the guest has left it, or reads it afterwards.
  const slow = `${RESET} ${callOf("slow")} ${shared()} ${send(0, 1)} ${wait()}`;
  const beside = `${callOf("repeat")} ${shared(1)} ${send(1, 1)}`;
  const leave = "(drop (call $call_close (i32.const 0)))";
  addWasm("leaves_slow", `${slow} ${leave} ${beside} ${addAll(1)} ${ANSWER}`);
  addWasm("slow_and_repeat", `${slow} ${beside} ${wait(1)} ${addAll()} ${ANSWER}`);
  const repeats = Array.from(
    { length: CALLS },
    (_, call) => `${callOf("repeat")} ${shared(call)} ${send(call, 1)}`,
  );
  const sums = repeats.slice(1).map((sent, index) => sent + addAll(index + 1));
  addWasm("early_and_repeat", `${slow} ${sums.join(" ")} ${addAll()} ${ANSWER}`);
  const counts = repeats.map((_, call) => countError(call));
  addWasm("errors_at_once", `${RESET} ${repeats.join(" ")} ${counts.join(" ")} ${ANSWER}`);
  addWasm("traps", `${called} ${wait()} unreachable`);
  addWasm(
    "plain",
    `${callOf("repeat")} ${shared()} ${send()} ${wait()} ${passError()} (i32.const 0)`,
  );
  addWasm(
    "stream_of_one",
    `${RESET} ${callOf("identity")} ${shared()} ${send(0, 1)} ${addAll()} ${ANSWER}`,
  );
});
afterAll(() => repository.remove());

describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [IDENTITY_BACKEND, WASM_BACKEND],
      python: true,
      env: { wasm_failures_max: "1000" },
    });
    for (const model of MODELS) await server.http.load(model);
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const infer = async (model: string, values: readonly number[]) =>
    (await server.http.infer(model, [floats("INPUT0", values)])).outputs[0]!;
  const refusal = (model: string, values: readonly number[]) =>
    server.http.inferError(model, [floats("INPUT0", values)]);

  async function expectSum(values: readonly number[]): Promise<void> {
    const sum = values.reduce((total, value) => total + value, 0);
    const wanted = floats("OUTPUT0", [sum, values.length]);
    expect(sameTensor(await infer("sums", values), wanted)).toBe(true);
  }

  test("a guest takes the responses of a stream one after the other, up to its end", async () => {
    for (const values of [[], [1], [1, 2, 3], Array(300).fill(2)]) await expectSum(values);
    expect(sameTensor(await infer("stream_of_one", [7]), floats("OUTPUT0", [7, 1]))).toBe(true);
  });

  test("an error in the middle of a stream, and a decoupled model that is called without a stream", async () => {
    for (const values of [[1, -1, 2], [-1, 1], [1, -1], [-1]]) {
      expect(await refusal("sums", values)).toContain("a negative element");
    }
    expect(await refusal("plain", [1, 2])).toMatch(/decoupled/);
    await expectSum([1, 2]);
  });

  test("an error beside another stream: up to 25.03 the server does not say to which stream it belongs", async () => {
    const instance = new Instance(server, "leaves_slow");
    await infer("leaves_slow", [1, 2]);
    const before = await instance.settledBytes();
    for (const [values, error] of [
      [[1, -1], "a negative element"],
      [[1, -2], "a last error"],
      [[-1], "a negative element"],
      [[-2], "a last error"],
    ] as const) {
      expect(await refusal("leaves_slow", values)).toContain(error);
    }
    expect(sameTensor(await infer("leaves_slow", [1, 2]), floats("OUTPUT0", [3, 2]))).toBe(true);
    // The guest of the stream without an error gets it, too.
    expect(await refusal("slow_and_repeat", [1, -1, 1])).toContain("a negative element");
    expect(await refusal("slow_and_repeat", [1, -2, 1])).toContain("a last error");
    await until("no blocks", () => instance.allocatedBytes() <= before + UNCLEAR_BYTES);
  });

  test("a stream without a name beside others that begin: no response comes to another call, and no error is lost", async () => {
    for (let round = 0; round < 3; round++) {
      const wanted = floats("OUTPUT0", [2.5 * (CALLS - 1) + 0.5, 2 * (CALLS - 1) + 1]);
      expect(sameTensor(await infer("early_and_repeat", [0.5, 2]), wanted)).toBe(true);
      const ended = floats("OUTPUT0", [0, CALLS]);
      expect(sameTensor(await infer("errors_at_once", [1, -2]), ended)).toBe(true);
    }
  });

  test("a stream that its guest leaves, by an early end or by a trap, leaves nothing behind", async () => {
    const values = Array(100).fill(5);
    expect(sameTensor(await infer("first", values), floats("OUTPUT0", [5]))).toBe(true);
    // The second guest of an instance adds a metric.
    for (let round = 0; round < 2; round++) {
      expect(await refusal("traps", values)).toContain("trapped");
    }
    for (const model of ["first", "traps"]) {
      const instance = new Instance(server, model);
      const before = await instance.settledBytes();
      for (let round = 0; round < 3; round++) {
        if (model === "first") await infer(model, values);
        else await refusal(model, values);
      }
      const after = await instance.settledBytes();
      expect(after).toBe(before);
    }
  });

  test("the models unload; one whose guest has left a stream does when the stream has ended", async () => {
    const values = [1, 2, 3];
    expect(sameTensor(await infer("leaves_slow", values), floats("OUTPUT0", [6, 3]))).toBe(true);
    const { guard } = new Instance(server, "leaves_slow");
    expect(debtsOf(guard)).toEqual(["calls"]);
    expect(debtsOf(new Instance(server, "plain").guard)).toEqual([]);
    await server.http.unload("leaves_slow");
    await sleep(SLOW_MS / 2);
    expect(isRunning(guard)).toBe(true);
    for (const model of MODELS) await server.http.unload(model);
    await until("no stub", () => server.stubs().length === 0);
  });
});
