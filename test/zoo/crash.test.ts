import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { COPY_ALL, guest, WASM_BACKEND } from "../triton/guests.js";
import { isRunning } from "../triton/harness/processes.js";
import { TritonServer } from "../triton/harness/server.js";
import { floats, sameTensor } from "../triton/harness/tensors.js";
import { until } from "../triton/harness/wait.js";
import { floatConfig, ModelRepository } from "../triton/repository.js";

/** Row 34 of sandbox.md 5: the stub itself dies. On 23.10: later servers may crash while they restart a stub, NVIDIA's as well. */
const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const busy =
    "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (drop (call $log (i32.const 0) (i32.const 100) (i32.const 4))) (loop $for_ever (br $for_ever))))";
  repository.add("victim", floatConfig("wasm"), {
    "model.wasm": guest(`${busy} ${COPY_ALL} (i32.const 0)`, `(data (i32.const 100) "busy")`),
  });
  repository.add("other", floatConfig("wasm"), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
  server = await TritonServer.start({
    release: "23.10",
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    loadModels: ["victim", "other"],
  });
});

afterAll(async () => {
  const ended = await server?.stop();
  repository.remove();
  expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
});

test.each([
  ["row 34: SIGSEGV while it waits", "SIGSEGV", false],
  ["row 34: SIGABRT while it waits", "SIGABRT", false],
  ["row 34: SIGBUS in the guest", "SIGBUS", true],
  ["row 34: SIGKILL in the guest", "SIGKILL", true],
] as const)(
  "%s costs requests, and the server starts another stub",
  async (_title, signal, busy) => {
    await answersWell("victim");
    const from = server.log().length;
    const lost = busy ? server.http.inferError("victim", [floats("INPUT0", [1, 2])]) : undefined;
    const stub = stubOf("victim");
    if (busy) await server.waitForLog(/victim_0.*busy$/m, from);
    process.kill(stub, signal);
    await until("the stub's end", () => !isRunning(stub));
    await answersWell("other");
    // The server notices with a request, and that one is lost.
    expect(await (lost ?? server.http.inferError("victim", [floats("INPUT0", [1])]))).toContain(
      "not healthy",
    );
    await until("another stub", () =>
      answersWell("victim").then(
        () => true,
        () => false,
      ),
    );
    expect(stubOf("victim")).not.toBe(stub);
  },
);

function stubOf(model: string): number {
  return server.stubs().find(({ commandLine }) => commandLine.includes(`${model}_0`))!.pid;
}

async function answersWell(model: string): Promise<void> {
  const input = floats("INPUT0", [1, 2, 3]);
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}
