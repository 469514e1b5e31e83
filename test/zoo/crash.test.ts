import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { childrenOf, isRunning } from "../support/processes.js";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Row 34 of the zoo in docs/security.md: the process that runs the guest dies, in any way. */
const FAILURES_MAX = "1000";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(() => {
  const busy =
    "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (drop (call $log (i32.const 0) (i32.const 100) (i32.const 4))) (loop $for_ever (br $for_ever))))";
  repository.add("victim", floatConfig("wasm", parameter("wasm_failures_max", FAILURES_MAX)), {
    "model.wasm": guest(`${busy} ${COPY_ALL} (i32.const 0)`, `(data (i32.const 100) "busy")`),
  });
  repository.add("other", floatConfig("wasm"), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
});
afterAll(() => repository.remove());

function start(release: string): Promise<TritonServer> {
  return TritonServer.start({
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    loadModels: ["victim", "other"],
    env: { wasm_failures_max: FAILURES_MAX },
  });
}

function guardOf(model: string): number {
  return new Instance(server, model).guard;
}

async function answersWell(model: string): Promise<void> {
  const input = floats("INPUT0", [1, 2, 3]);
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

describe.each(["23.12", "24.10"])("on %s, an executor that dies", (release) => {
  beforeAll(async () => {
    server = await start(release);
  });
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test.each(["SIGSEGV", "SIGABRT", "SIGBUS", "SIGKILL", "SIGSYS"] as const)(
    "row 34: of %s while it waits costs nothing",
    async (signal) => {
      await answersWell("victim");
      const guard = guardOf("victim");
      const executor = childrenOf(guard)[0]!.pid;
      process.kill(executor, signal);
      await until("the executor's end", () => !isRunning(executor));
      await answersWell("other");
      await answersWell("victim");
      expect(guardOf("victim")).toBe(guard);
    },
  );

  test.each(["SIGSEGV", "SIGABRT", "SIGKILL"] as const)(
    "row 34: of %s in the guest costs that batch, whose client is told why",
    async (signal) => {
      await answersWell("victim");
      const guard = guardOf("victim");
      const from = server.log().length;
      const lost = server.http.inferError("victim", [floats("INPUT0", [1, 2])]);
      await server.waitForLog(/victim_0.*busy"?$/m, from);
      process.kill(childrenOf(guard)[0]!.pid, signal);
      expect(await lost).toMatch(
        new RegExp(`the model's executor died: killed by signal \\d+ \\(${signal}\\)`),
      );
      await answersWell("other");
      await answersWell("victim");
      expect(guardOf("victim")).toBe(guard);
      await server.waitForLog(new RegExp(`^W.*victim_0.*\\(${signal}\\)`, "m"), from);
    },
  );
});

// From 23.12 on the server may crash while it starts another stub, with NVIDIA's as well; from 24.06 on it does not start one.
test("row 34: on 23.10 a guard that is killed costs requests, and the server starts another one", async () => {
  server = await start("23.10");
  try {
    const guard = guardOf("victim");
    const [executor] = childrenOf(guard);
    process.kill(guard, "SIGKILL");
    await until("the end of both", () => !isRunning(guard) && !isRunning(executor!.pid));
    await answersWell("other");
    // The server notices with a request, and that one is lost.
    expect(await server.http.inferError("victim", [floats("INPUT0", [1])])).toContain(
      "not healthy",
    );
    await until("another stub", () =>
      answersWell("victim").then(
        () => true,
        () => false,
      ),
    );
    expect(guardOf("victim")).not.toBe(guard);
  } finally {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  }
});
