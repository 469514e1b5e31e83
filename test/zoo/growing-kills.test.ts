import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor, type Tensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Row 34 of docs/security.md: an executor that is killed while the region grows, or while a large tensor is copied. */
const MIB = 1_048_576;
const LARGE_BYTES = 64 * MIB;
/** From the guest's word that it begins: it reads 64 MiB, makes an output, and writes 64 MiB. */
const DELAYS_MS = [0, 20, 60, 160];
const ROUNDS = 4;
const KILLED = /the model's executor died: killed by signal 9 \(SIGKILL\)/;
/** Between the guest's word and the growth, so that this process looks at the region when it happens. */
const GUEST_SLEEPS_MS = 300;

const repository = new ModelRepository();
let server: TritonServer;

const SAY = (at: number) => `(drop (call $log (i32.const 0) (i32.const ${at}) (i32.const 4)))`;
const TEXTS = `(data (i32.const 100) "busy") (data (i32.const 200) "\\00\\00\\00\\01\\00\\00\\00\\00")`;
const CREATE = `(drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const 1) (i32.const ${LARGE_BYTES})))`;
const isOf = (bytes: number) =>
  `(i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${bytes}))`;
const small = floats("INPUT0", [1, 2, 3]);

beforeAll(() => {
  const failures = parameter("wasm_failures_max", "1000");
  // Two floats make 64 MiB of zeros.
  repository.add("grows", floatConfig("wasm", failures), {
    "model.wasm": guest(
      `(if ${isOf(8)} (then ${SAY(100)} (drop (call $sleep (i32.const ${GUEST_SLEEPS_MS}))) ${CREATE} (return (i32.const 0))))
       ${COPY_ALL} (i32.const 0)`,
      TEXTS,
    ),
  });
  repository.add("copies", floatConfig("wasm", failures), {
    "model.wasm": guest(
      `(if ${isOf(LARGE_BYTES)} (then ${SAY(100)}
         (if (i32.lt_u (memory.size) (i32.const 1025)) (then (drop (memory.grow (i32.const 1024)))))
         (drop (call $input_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const ${LARGE_BYTES})))
         ${CREATE}
         (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const ${LARGE_BYTES})))
         (return (i32.const 0))))
       ${COPY_ALL} (i32.const 0)`,
      TEXTS,
    ),
  });
});
afterAll(() => repository.remove());

async function answersWell(model: string, input: Tensor): Promise<void> {
  const { outputs } = await server.http.infer(model, [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

/** The right answer, or an error that names the kill. @returns whether it was the answer */
async function answersOrNamesTheKill(request: Promise<Tensor>, expected: Tensor): Promise<boolean> {
  try {
    expect(sameTensor(await request, expected)).toBe(true);
    return true;
  } catch (error) {
    expect((error as Error).message).toMatch(KILLED);
    return false;
  }
}

/** Pages of a model's region that memory has been reserved for, in bytes. */
function reservedBytes(region: string): number {
  return statSync(join("/dev/shm", region)).blocks * 512;
}

/** The heap comes back to what it was. */
async function expectBaseline(instance: Instance, baseline: number): Promise<void> {
  await until(`${baseline} allocated bytes`, () => instance.allocatedBytes() <= baseline);
}

describe.each(["23.12", "24.10"])("row 34: on %s, an executor that is killed", (release) => {
  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
      env: { wasm_failures_max: "1000" },
      pythonBackendConfig: {
        "shm-default-byte-size": String(MIB),
        "shm-growth-byte-size": String(MIB),
      },
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test("while it makes the region grow costs that batch, and mostly meets no mutex of the region", async () => {
    const zeros = { ...small, name: "OUTPUT0", shape: [LARGE_BYTES / 4] };
    const expected = { ...zeros, bytes: new Uint8Array(LARGE_BYTES) };
    let lost = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await server.http.load("grows");
      const instance = new Instance(server, "grows");
      const executor = await instance.executor();
      const [region] = server.regions();
      const from = server.log().length;
      const before = reservedBytes(region!);
      const request = server.http.infer("grows", [floats("INPUT0", [1, 2])]);
      const first = request.then(({ outputs }) => outputs[0]!);
      const answered = answersOrNamesTheKill(first, expected);
      await server.waitForLog(/busy"?$/m, from);
      // No pause: the kernel reserves 64 MiB in some 20 ms.
      const end = performance.now() + 10 * GUEST_SLEEPS_MS;
      while (reservedBytes(region!) < before + 2 * MIB && performance.now() < end);
      process.kill(executor, "SIGKILL");
      if (!(await answered)) lost += 1;
      await answersWell("grows", small);
      const { outputs } = await server.http.infer("grows", [floats("INPUT0", [1, 2])]);
      expect(sameTensor(outputs[0]!, expected)).toBe(true);
      await server.http.unload("grows");
      await until("the unload", () => server.stubs().length === 0 && server.regions().length === 0);
    }
    expect(lost).toBeGreaterThan(0);
    // The kernel reserves the room before the executor locks the mutex. A kill can still come later, when this process had no core.
    const held = server.log().match(/held the region's pool mutex/g)?.length ?? 0;
    expect(held).toBeLessThan(lost);
  });

  test("while it copies tensors of 64 MiB costs that batch, and leaves nothing in the heap", async () => {
    await server.http.load("copies");
    const bytes = new Uint8Array(LARGE_BYTES).map((_, at) => at % 251);
    const large: Tensor = { ...small, shape: [LARGE_BYTES / 4], bytes };
    const output = { ...large, name: "OUTPUT0" };
    const instance = new Instance(server, "copies");
    // The first death makes the model's metrics, which stay.
    for (let turn = 0; turn < 2; turn++) {
      await answersWell("copies", large);
      await instance.killExecutor();
      await answersWell("copies", small);
    }
    const baseline = instance.allocatedBytes();
    for (const delay of DELAYS_MS) {
      const executor = await instance.executor();
      const from = server.log().length;
      const request = server.http.infer("copies", [large]).then(({ outputs }) => outputs[0]!);
      const answered = answersOrNamesTheKill(request, output);
      await server.waitForLog(/busy"?$/m, from);
      await sleep(delay);
      process.kill(executor, "SIGKILL");
      await answered;
      await answersWell("copies", small);
      await expectBaseline(instance, baseline);
    }
    await answersWell("copies", large);
    await expectBaseline(instance, baseline);
    await server.http.unload("copies");
  });
});
