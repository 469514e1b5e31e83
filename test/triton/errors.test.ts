import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import {
  assemble,
  COPY_ALL,
  guest,
  identityModule,
  REFUSE_ODD,
  WASM_BACKEND,
} from "../support/wasm/guests.js";

const BATCHES =
  "dynamic_batching { preferred_batch_size: [4] max_queue_delay_microseconds: 30000000 }";

/** Traps on the second call of each instance. */
const TRAP_EVERY_SECOND = `
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.eq (global.get $calls) (i32.const 2)) (then unreachable))
  ${COPY_ALL} (i32.const 0)`;

/** Does not return from the second call of each instance. */
const LOOP_EVERY_SECOND = `
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.eq (global.get $calls) (i32.const 2)) (then (loop $for_ever (br $for_ever))))
  ${COPY_ALL} (i32.const 0)`;

/** Copies 100 MB over and over: code in which V8 looks for interrupts only when told to. */
const BULK_LOOP = `(module (memory (export "memory") 1600)
  (func (export "triton_execute") (result i32)
    (loop $for_ever
      (memory.copy (i32.const 64) (i32.const 0) (i32.const 100000000))
      (br $for_ever))
    (i32.const 0)))`;

const CALLS = "(global $calls (mut i32) (i32.const 0))";

/** These guests fail more often than a model may: the operator of this server has raised the ceiling. */
const RAISED = { wasm_failures_max: "1000" };
const OFTEN = parameter("wasm_failures_max", RAISED.wasm_failures_max);
const DEADLINE = OFTEN + parameter("wasm_execute_deadline_ms", "400");
/** How late a guest is stopped is what bench/hostile.ts measures. */
const STOPPED =
  /the model exceeded its wasm_execute_deadline_ms of 400 ms by \d+ ms and was stopped$/;

describe("errors of a guest", () => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    const wasm = (body: string, more = "") => ({ "model.wasm": guest(body, more) });
    repository.add("refuse_odd", floatConfig("wasm", BATCHES, 8), wasm(REFUSE_ODD));
    repository.add("fail", floatConfig("wasm"), wasm("(i32.const 3)"));
    repository.add("trap", floatConfig("wasm", OFTEN), wasm(TRAP_EVERY_SECOND, CALLS));
    repository.add(
      "logs",
      floatConfig("wasm"),
      wasm(`
      (drop (call $log (i32.const 1) (i32.const 16) (i32.const 17))) ${COPY_ALL} (i32.const 0)`),
    );
    repository.add("bulk", floatConfig("wasm", DEADLINE), {
      "model.wasm": assemble(BULK_LOOP),
    });
    repository.add(
      "twice",
      floatConfig("wasm", OFTEN),
      wasm(`${COPY_ALL} (local.set $i (i32.const 0)) ${COPY_ALL} (i32.const 0)`),
    );
    repository.add(
      "pointer",
      floatConfig("wasm", OFTEN),
      wasm(`
      (drop (call $log (i32.const 1) (i32.const 65530) (i32.const 100))) (i32.const 0)`),
    );
    repository.add("endless", floatConfig("wasm", DEADLINE), wasm(LOOP_EVERY_SECOND, CALLS));
    repository.add(
      "delays",
      floatConfig("wasm", DEADLINE),
      wasm(
        "unreachable",
        `(func (export "triton_initialize") (result i32)
          (if (call $instance_restarts) (then (loop $for_ever (br $for_ever)))) (i32.const 0))`,
      ),
    );
    repository.add(
      "sleeps",
      floatConfig("wasm", DEADLINE),
      wasm(`(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 4))
        (then (drop (call $sleep (i32.const 600000)))))
        ${COPY_ALL} (i32.const 0)`),
    );
    repository.add(
      "slow",
      floatConfig("wasm"),
      wasm(
        `(global.set $end (i64.add (call $clock (i32.const 1)) (i64.const 2000000000)))
        (loop $spin (drop (call $request_count))
          (br_if $spin (i64.lt_u (call $clock (i32.const 1)) (global.get $end))))
        ${COPY_ALL} (i32.const 0)`,
        "(global $end (mut i64) (i64.const 0))",
      ),
    );
    repository.add("counts", floatConfig("wasm"), { "model.wasm": identityModule() });
    server = await TritonServer.start({
      modelRepository: repository.folder,
      mode: "none",
      backends: [WASM_BACKEND],
      env: RAISED,
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  const input = (...values: number[]) => [floats("INPUT0", values)];

  async function expectServes(model: string): Promise<void> {
    const answer = await server.http.infer(model, input(1, 2, 3));
    expect(sameTensor(answer.outputs[0]!, floats("OUTPUT0", [1, 2, 3]))).toBe(true);
  }

  test("cost one request of a batch when it refuses one request", async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((value) =>
        server.http
          .infer("refuse_odd", [floats("INPUT0", [value], [1, 1])])
          .then(({ outputs }) => Buffer.from(outputs[0]!.bytes).readFloatLE(), String),
      ),
    );
    // The server counts an execution after it has sent the answers.
    await until("one execution", async () => {
      const [statistics] = await server.http.modelStatistics("refuse_odd");
      return statistics.execution_count === 1;
    });
    expect(answers.filter((answer) => typeof answer === "number")).toHaveLength(2);
    for (const answer of answers.filter((answer) => typeof answer === "string")) {
      expect(answer).toContain("said by the guest");
    }
  });

  test("carry the guest's status when it fails", async () => {
    expect(await server.http.inferError("fail", input(1))).toContain(
      "triton_execute failed with status 3",
    );
  });

  test("name function and cause when it traps, and the next request gets a fresh instance of the same process", async () => {
    const stubs = server.stubPids();
    await expectServes("trap");
    expect(await server.http.inferError("trap", input(1))).toMatch(
      /the model trapped in triton_execute.*: unreachable/,
    );
    await expectServes("trap");
    expect(server.stubPids()).toEqual(stubs);
  });

  test("name the model's limit when it never returns, and the same process serves the next request", async () => {
    const stubs = server.stubPids();
    for (let round = 0; round < 3; round++) {
      await expectServes("endless");
      expect(await server.http.inferError("endless", input(1))).toMatch(STOPPED);
    }
    await expectServes("endless");
    expect(server.stubPids()).toEqual(stubs);
  });

  test("stop a loop of bulk-memory instructions at the deadline, too", async () => {
    for (let round = 0; round < 2; round++) {
      expect(await server.http.inferError("bulk", input(1))).toMatch(STOPPED);
    }
  });

  test("count the start that follows a trap to the batch's time", async () => {
    expect(await server.http.inferError("delays", input(1))).toContain("trapped");
    for (let round = 0; round < 2; round++) {
      expect(await server.http.inferError("delays", input(1))).toMatch(STOPPED);
    }
  });

  test("stop a guest that sleeps at the deadline, too", async () => {
    const stubs = server.stubPids();
    for (let round = 0; round < 2; round++) {
      expect(await server.http.inferError("sleeps", input(1))).toMatch(STOPPED);
      await expectServes("sleeps");
    }
    expect(server.stubPids()).toEqual(stubs);
  });

  test.each([
    ["trap", /the model trapped in triton_execute: unreachable \(at triton_execute\S*\)$/],
    ["endless", STOPPED],
  ])(
    "finding 21: '%s' is one warning of the server's log, with the instance, its version (finding 34) and the whole reason",
    async (model, reason) => {
      const lines = () =>
        server
          .log()
          .split("\n")
          .filter((line) => line.includes(`${model}_0 v1:0] the model `));
      const before = lines().length;
      // Each instance fails on its second call.
      const fails = () =>
        server.http.infer(model, input(1)).then(
          () => false,
          () => true,
        );
      await until("a failure", fails);
      await expectServes(model);
      const after = lines().slice(before);
      expect(after).toHaveLength(1);
      expect(after[0]).toMatch(/^W\d{4} /);
      expect(after[0]).toMatch(reason);
    },
  );

  test("name the output that was created twice", async () => {
    expect(await server.http.inferError("twice", input(1))).toContain(
      "creates output 'OUTPUT0' of request 0 twice",
    );
  });

  test("name the pointer that lies outside of its memory", async () => {
    expect(await server.http.inferError("pointer", input(1))).toContain(
      "a log text at 65530 with 100 bytes, beyond its memory of 65536 bytes",
    );
  });

  test("in one model leave another that computes for seconds alive: health does not depend on the guest", async () => {
    const stubs = server.stubPids();
    const begin = performance.now();
    await expectServes("slow");
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1_999);
    expect(server.stubPids()).toEqual(stubs);
    expect(server.log()).not.toContain("unhealthy");
  });

  test.each(["fail", "trap", "twice", "endless", "pointer", "logs", "counts"])(
    "leave nothing behind in the region: '%s'",
    async (model) => {
      const instance = new Instance(server, model);
      const fail = () => server.http.inferError(model, input(1, 2), { outputs: ["OUTPUT0"] });
      for (let turn = 0; turn < 3; turn++) await fail();
      // The server drops a response after it has been read.
      let before = -1;
      await until("a steady heap", () => {
        const last = before;
        before = instance.allocatedBytes();
        return before === last;
      });
      for (let turn = 0; turn < 6; turn++) await fail();
      // On a busy machine it may still have been about to drop one.
      await until(`${before} allocated bytes`, () => instance.allocatedBytes() <= before);
    },
  );

  test("and its log lines reach the server's own log", async () => {
    const from = server.log().length;
    await expectServes("logs");
    await server.waitForLog(/^W\d{4} .*logs_0\b.*said by the guest/m, from);
  });
});
