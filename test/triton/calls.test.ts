import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
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
  ifFloats,
  PASS_REFUSAL,
  passError,
  send,
  shared,
  textAt,
  wait,
} from "../support/wasm/call-guests.js";
import { COPY_ALL, guest, IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

const MODELS = [
  "identity",
  "refuses",
  "sleeps",
  "forwards",
  "nested",
  "passes",
  "decoupled",
  "several",
  "errors",
  "itself",
  "impatient",
  "leaves",
  "late",
];
/** Number of elements of a large tensor, of 12 MB, and the steps in which a region grows. */
const LARGE = 3_000_000;
const STEP_BYTES = 1024 * 1024;
/** Time of the clients in milliseconds. test/chaos/mixed/load.test.ts has a longer load of more kinds. */
const LOAD_MS = 2_000;
const FOR_EVER = "(loop $for_ever (br $for_ever))";
const ENDS = "(return (i32.const 0))";
const ANSWERS = "(global $answers (mut i32) (i32.const 0))";
const repository = new ModelRepository();

function addWasm(name: string, body: string, extra = ""): void {
  const module = { "model.wasm": guest(`${body} (i32.const 0)`, CALL_TEXTS + ANSWERS) };
  repository.add(name, floatConfig("wasm", extra), module);
}

beforeAll(() => {
  repository.add("identity", floatConfig("identity", instances(2)));
  addWasm(
    "refuses",
    "(drop (call $response_error (i32.const 0) (i32.const 3) (i32.const 16) (i32.const 17)))",
  );
  addWasm(
    "sleeps",
    `${ifFloats(2, "(drop (call $sleep (i32.const 300)))")} ${COPY_ALL}`,
    instances(4),
  );
  addWasm("forwards", `${callOf("identity")} ${shared()} ${send()} ${wait()} ${forward()}`);
  addWasm(
    "decoupled",
    `${callOf("identity")} ${shared()} ${send()} ${wait()} ${forward()}`,
    "model_transaction_policy { decoupled: true }",
  );
  addWasm("passes", `${callOf("identity")} ${shared()} ${send()} ${wait()} ${forward()}`);
  addWasm("nested", `${callOf("forwards")} ${shared()} ${send()} ${wait()} ${forward()}`);
  const four = [0, 1, 2, 3];
  // The answers come in any order; each is taken by its number.
  addWasm(
    "several",
    `${four.map((call) => `${callOf("sleeps")} ${shared(call)} ${send(call)}`).join(" ")}
     (loop $next
       (local.set $i (call $call_wait_any (i32.const 30000)))
       (if (i32.ge_s (local.get $i) (i32.const 0)) (then
         (if (i32.ne (call $call_wait (local.get $i) (i32.const 0)) (i32.const 1)) (then unreachable))
         (global.set $answers (i32.add (global.get $answers) (i32.const 1)))
         (br $next))))
     (if (i32.ne (global.get $answers) (i32.const 4)) (then unreachable))
     (global.set $answers (i32.const 0))
     ${four.map((call) => `(if (i32.ne (call $call_wait (i32.const ${call}) (i32.const 0)) (i32.const -1)) (then unreachable))`).join(" ")}
     ${forward(3)}`,
    parameter("wasm_failures_max", "1000"),
  );
  addWasm(
    "errors",
    `${ifFloats(1, `${callOf("refuses")} ${shared()} ${send()} ${wait()} ${passError()} ${ENDS}`)}
     ${ifFloats(2, `${callOf("absent")} ${shared()} ${send()} ${wait()} ${passError()} ${ENDS}`)}
     ${ifFloats(3, `${callOf("identity")} ${send()} ${wait()} ${passError()} ${ENDS}`)}
     unreachable`,
  );
  addWasm(
    "itself",
    `(if (i32.lt_s (call $call_create ${textAt("itself")} (i64.const -1)) (i32.const 0)) (then ${PASS_REFUSAL} ${ENDS}))
     ${shared()} ${send()} ${wait()}
     ${passError()}`,
    parameter("wasm_call_deadline_ms", "400"),
  );
  addWasm(
    "impatient",
    `${callOf("sleeps")} ${shared()} ${send()}
     (if (call $call_wait (i32.const 0) (i32.const 20)) (then unreachable))
     ${callOf("identity")} ${shared(1)} ${send(1)} ${wait(1)} ${forward(1)}`,
  );
  // Does not wait for the first call, whose answer comes late. There may be too many of them.
  addWasm(
    "leaves",
    `${callOf("sleeps")} ${shared()} (drop (call $call_send (i32.const 0) (i32.const 0)))
     ${callOf("identity")} ${shared(1)}
     (if (call $call_send (i32.const 1) (i32.const 0)) (then ${PASS_REFUSAL} ${ENDS}))
     ${wait(1)} ${forward(1)}`,
  );
  addWasm(
    "late",
    `${callOf("sleeps")} ${shared()} ${send()}
     ${ifFloats(2, "unreachable")} ${FOR_EVER}`,
    parameter("wasm_execute_deadline_ms", "150") + parameter("wasm_failures_max", "1000"),
  );
});
afterAll(() => repository.remove());

const numbers = (count: number) =>
  floats(
    "INPUT0",
    Array.from({ length: count }, (_, index) => index + 1),
  );

/** One release of each execute era. */
describe.each(["23.12", "24.08", "24.10"])("on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [IDENTITY_BACKEND, WASM_BACKEND],
      // Guests fail on purpose.
      env: { wasm_failures_max: "1000" },
    });
    for (const model of MODELS) await server.http.load(model);
  });

  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  async function expectSame(model: string, count: number): Promise<void> {
    const input = numbers(count);
    const [output] = (await server.http.infer(model, [input])).outputs;
    expect(sameTensor(output!, { ...input, name: "OUTPUT0" })).toBe(true);
  }

  const settled = (model: string) => new Instance(server, model).settledBytes();

  async function expectNothingLeft(model: string, before: number): Promise<void> {
    expect(await settled(model)).toBe(before);
  }

  test("a call of another model whose input and output nobody copies", async () => {
    for (const count of [1, 2, 1000, 300_000]) await expectSame("forwards", count);
    await expectSame("nested", 1000);
  });

  test("a large tensor is twice in the region of a model that passes it on: once as its input, once as the answer", async () => {
    const tensorBytes = 4 * LARGE;
    const before = new Instance(server, "passes").regionBytes;
    await expectSame("passes", LARGE);
    const grown = new Instance(server, "passes").regionBytes - before;
    expect(grown).toBeGreaterThan(2 * tensorBytes - STEP_BYTES);
    expect(grown).toBeLessThan(2 * tensorBytes + 3 * STEP_BYTES);
  });

  test("a decoupled model calls another one, and passes its output on", async () => {
    for (const count of [1, 1000]) {
      const input = numbers(count);
      const [answer] = await server.grpc.inferStream("decoupled", [input]);
      expect(sameTensor(answer!.outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    }
  });

  test("several calls in flight, whose answers come in any order", async () => {
    await expectSame("several", 2);
    await expectSame("several", 3);
  });

  test("the error of a called model, and of a model that does not exist", async () => {
    expect(await server.http.inferError("errors", [numbers(1)])).toContain("said by the guest");
    expect(await server.http.inferError("errors", [numbers(2)])).toMatch(/'absent'.*not/);
    expect(await server.http.inferError("errors", [numbers(3)])).toMatch(
      /expected 1 inputs but got 0/,
    );
  });

  test("row 27: a model that calls itself ends at wasm_call_deadline_ms, and serves again", async () => {
    expect(await server.http.inferError("itself", [numbers(1)])).toContain("wasm_call_deadline_ms");
    expect(await server.http.inferError("itself", [numbers(1)])).toContain("wasm_call_deadline_ms");
  });

  test("an answer that comes after its guest has ended is dropped, and leaves nothing behind", async () => {
    await expectSame("impatient", 2);
    const before = await settled("impatient");
    for (let round = 0; round < 3; round++) await expectSame("impatient", 2);
    await expectNothingLeft("impatient", before);
  });

  test("a guest that traps or exceeds its deadline in the middle of a call leaves nothing behind", async () => {
    const stubs = server.stubPids();
    expect(await server.http.inferError("late", [numbers(2)])).toContain("trapped");
    expect(await server.http.inferError("late", [numbers(3)])).toContain("wasm_execute");
    const before = await settled("late");
    for (let round = 0; round < 3; round++) {
      expect(await server.http.inferError("late", [numbers(2)])).toContain("trapped");
      expect(await server.http.inferError("late", [numbers(3)])).toContain(
        "wasm_execute_deadline_ms",
      );
    }
    await expectNothingLeft("late", before);
    expect(server.stubPids()).toEqual(stubs);
  });

  test("kills of an executor in the middle of a call leave nothing behind", async () => {
    const instance = new Instance(server, "several");
    let before = 0;
    for (let round = 0; round < 5; round++) {
      const answer = server.http.inferError("several", [numbers(2)]);
      await instance.executor();
      await new Promise((resolve) => setTimeout(resolve, 20 + 40 * round));
      await instance.killExecutor();
      expect(await answer).toMatch(/executor died/);
      await expectSame("several", 3);
      if (round === 0) before = await settled("several");
    }
    await expectNothingLeft("several", before);
  });

  test("8 clients, with guests that trap and a model that is loaded again and again, leave nothing behind", async () => {
    const kinds: readonly (() => Promise<unknown>)[] = [
      () => expectSame("forwards", 1000),
      () => expectSame("several", 3),
      () => expectSame("nested", 10),
      async () =>
        expect((await server.http.inferError("leaves", [numbers(2)])) ?? "").toMatch(
          /^$|wasm_calls_max allows 16 calls in flight/,
        ),
      async () =>
        expect(await server.http.inferError("late", [numbers(2)])).toMatch(
          /trapped|exceeded its wasm_execute_deadline_ms/,
        ),
      async () =>
        expect(await server.http.inferError("errors", [numbers(1)])).toMatch(
          /said by the guest|not ready|not found|unavailable/,
        ),
    ];
    const watched = ["forwards", "several", "nested", "leaves", "late", "errors"];
    for (const ask of kinds) await ask();
    // The first failures of each kind add metrics to the region.
    for (const count of [2, 3, 2, 3]) await server.http.inferError("late", [numbers(count)]);
    const before = await Promise.all(watched.map(settled));
    const end = performance.now() + LOAD_MS;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let turn = client; performance.now() < end; turn++) await kinds[turn % kinds.length]!();
    });
    while (performance.now() < end) await server.http.load("refuses");
    await Promise.all(clients);
    expect(await Promise.all(watched.map(settled))).toEqual(before);
  });

  test("the models unload", async () => {
    for (const model of MODELS) await server.http.unload(model);
    await until("no stub", () => server.stubs().length === 0);
  });
});
