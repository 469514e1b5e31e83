import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const DEADLINES_MS = [1, 5, 20, 50];
const CLIENTS = 4;
/** Of each client: one in three is answered by a guest that never returns. */
const TURNS = 6;
const STOPPED = /exceeded its wasm_execute_deadline_ms of \d+ ms by \d+ ms and was stopped/;
/** Two floats make it endless. */
const ENDLESS =
  "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (loop $for_ever (br $for_ever))))";

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(() => {
  for (const deadline of DEADLINES_MS) {
    const limits =
      parameter("wasm_execute_deadline_ms", String(deadline)) +
      parameter("wasm_failures_max", "1000");
    repository.add(`spins${deadline}`, floatConfig("wasm", limits), {
      "model.wasm": guest(`${ENDLESS} ${COPY_ALL} (i32.const 0)`),
    });
    repository.add(`quick${deadline}`, floatConfig("wasm", limits), {
      "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
    });
  }
});
afterAll(() => repository.remove());

/** One request. @returns whether it had the right answer; otherwise its guest was stopped */
async function succeeds(model: string, values: readonly number[]): Promise<boolean> {
  const input = floats("INPUT0", values);
  try {
    const { outputs } = await server.http.infer(model, [input]);
    expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    return true;
  } catch (error) {
    expect((error as Error).message).toMatch(STOPPED);
    return false;
  }
}

/** Asks both models in turn. @returns how many requests the spinning and the quick model answered well */
async function client(deadline: number, number: number): Promise<[spins: number, quick: number]> {
  let spins = 0;
  let quick = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const value = 100 * number + turn;
    const values = turn % 3 === 0 ? [value, value] : [value, value, value];
    if (await succeeds(`spins${deadline}`, values)) spins += 1;
    if (await succeeds(`quick${deadline}`, [value])) quick += 1;
  }
  return [spins, quick];
}

/** Requests that the server counts for a model, answered well and not. */
async function counted(model: string): Promise<number> {
  const [{ inference_stats: stats }] = await server.http.modelStatistics(model);
  return stats.success.count + stats.fail.count;
}

describe.each(["23.12", "24.10"])("finding 2: on %s", (release) => {
  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
      env: { wasm_failures_max: "1000" },
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test.each(DEADLINES_MS)(
    `a deadline of %i ms under a load of ${CLIENTS} clients: each request is answered once, and the instances stay`,
    async (deadline) => {
      const models = [`spins${deadline}`, `quick${deadline}`];
      for (const model of models) await server.http.load(model);
      const stubs = server.stubPids();
      const clients = Array.from({ length: CLIENTS }, (_, number) => client(deadline, number));
      const answers = await Promise.all(clients);
      for (const model of models) {
        // The server counts a request after it has answered it.
        await until(
          `the statistics of ${model}`,
          async () => (await counted(model)) >= CLIENTS * TURNS,
        );
        expect(await counted(model)).toBe(CLIENTS * TURNS);
      }
      expect(server.stubPids()).toEqual(stubs);
      const good = (index: 0 | 1) => answers.reduce((sum, answer) => sum + answer[index], 0);
      expect(good(0)).toBeLessThanOrEqual(CLIENTS * (TURNS - Math.ceil(TURNS / 3)));
      // A machine that is busy may take longer than a few milliseconds; 50 are enough for most requests.
      if (deadline === Math.max(...DEADLINES_MS)) {
        expect(good(1)).toBeGreaterThan((CLIENTS * TURNS) / 2);
      }
      for (const model of models) await server.http.unload(model);
    },
  );
});
