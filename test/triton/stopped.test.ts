import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { childrenOf, isRunning } from "../support/processes.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import type { TritonServer } from "../support/triton/server.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Longer than the model's deadline, and than a server waits before it takes a stub for dead. */
const STOPPED_MS = 5_000;
const CLIENTS = 4;
const input = floats("INPUT0", [1, 2, 3]);
/** Two floats make it endless, one makes it slow. */
const MODEL = guest(`
  (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8))
    (then (loop $for_ever (br $for_ever))))
  ${COPY_ALL} (i32.const 0)`);
/** As long as two windows in which a server up to 25.07 wants a sign of life. */
const SLOW = guest(`(drop (call $sleep (i32.const 2500))) ${COPY_ALL} (i32.const 0)`);

const repository = new ModelRepository();

beforeAll(() => {
  const deadline = parameter("wasm_execute_deadline_ms", "300");
  repository.add("model", floatConfig("wasm", deadline), { "model.wasm": MODEL });
  repository.add("slow", floatConfig("wasm"), { "model.wasm": SLOW });
});
afterAll(() => repository.remove());

const serverOf = (release: string, use: (server: TritonServer) => Promise<void>) =>
  withServer({ release, modelRepository: repository.folder, backends: [WASM_BACKEND] }, use);

/** Side by side, for each waits out the pauses. */
const onBoth = (use: (server: TritonServer) => Promise<void>) =>
  sideBySide(["23.12", "24.10"], (release) => serverOf(release, use));

async function expectServed(server: TritonServer, model: string, value = 1): Promise<void> {
  const one = floats("INPUT0", [value, -value, value]);
  const { outputs } = await server.http.infer(model, [one]);
  expect(sameTensor(outputs[0]!, { ...one, name: "OUTPUT0" })).toBe(true);
}

/** @returns call to let it go on */
function stop(pid: number): () => void {
  process.kill(pid, "SIGSTOP");
  return () => {
    if (isRunning(pid)) process.kill(pid, "SIGCONT");
  };
}

test("on 23.12 and 24.10, an executor that is stopped goes on later, and is ended at its deadline while it is in the guest", async () => {
  await onBoth(async (server) => {
    await server.http.load("model");
    await expectServed(server, "model");
    const [guard] = server.stubPids();
    const executor = childrenOf(guard!)[0]!.pid;
    let goOn = stop(executor);
    const served = expectServed(server, "model");
    await sleep(STOPPED_MS);
    goOn();
    await served;
    const stopped = server.http.inferError("model", [floats("INPUT0", [1, 2])]);
    goOn = stop(executor);
    // Before its call has begun there is no deadline.
    await sleep(STOPPED_MS);
    goOn();
    expect(await stopped).toMatch(/exceeded its wasm_execute_deadline_ms/);
    await expectServed(server, "model");
  });
});

test("on 23.12 and 24.10, while the guard is stopped its executor serves, and later it watches again", async () => {
  await onBoth(async (server) => {
    await server.http.load("model");
    const [guard] = server.stubPids();
    let running = true;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let turn = 0; running; turn++) {
        await expectServed(server, "model", client * 100_000 + turn);
      }
    });
    const goOn = stop(guard!);
    await sleep(STOPPED_MS);
    goOn();
    running = false;
    await Promise.all(clients);
    expect(server.stubPids()).toEqual([guard]);
    expect(await server.http.inferError("model", [floats("INPUT0", [1, 2])])).toMatch(
      /exceeded its wasm_execute_deadline_ms/,
    );
    await expectServed(server, "model");
  });
});

test("on 23.12 a request that lasts while the guard is stopped fails, and those after it get their own answers", async () => {
  await serverOf("23.12", async (server) => {
    await server.http.load("slow");
    const [guard] = server.stubPids();
    const asked = server.http.inferError("slow", [input]);
    const goOn = stop(guard!);
    await sleep(STOPPED_MS);
    goOn();
    // The server has ended it, and has started another.
    expect(await asked).toMatch(/is not healthy/);
    for (let turn = 2; turn < 6; turn++) await expectServed(server, "slow", turn);
  });
});
