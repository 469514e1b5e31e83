import { type ChildProcess, spawn } from "node:child_process";
import { cpus } from "node:os";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { childrenOf } from "../support/processes.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import type { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** More than three windows in which a server up to 25.07 wants a sign of life; `npm run test:busy` takes 600 s. */
const SECONDS = Number(process.env.BUSY_SECONDS ?? 10);
const SPINNERS = 2 * cpus().length;
const CLIENTS = 4;
/** What a model does while it is loaded. */
const SLOW = `(func (export "triton_initialize") (result i32) (call $sleep (i32.const 3000)))`;

const repository = new ModelRepository();
let spinners: ChildProcess[] = [];

beforeAll(() => {
  const module = guest(`${COPY_ALL} (i32.const 0)`);
  repository.add("model", floatConfig("wasm"), { "model.wasm": module });
  const slow = guest(`${COPY_ALL} (i32.const 0)`, SLOW);
  repository.add("slow", floatConfig("wasm"), { "model.wasm": slow });
});
afterAll(() => {
  for (const spinner of spinners) spinner.kill();
  repository.remove();
});

/** They end by themselves when this process is killed. */
function occupyAllCores(): void {
  const args = [String(SECONDS + 600), "sh", "-c", "while :; do :; done"];
  spinners = Array.from({ length: SPINNERS }, () => spawn("timeout", args, { stdio: "ignore" }));
}

async function expectServed(server: TritonServer, model: string, value: number): Promise<void> {
  const { outputs } = await server.http.infer(model, [floats("INPUT0", [value, -value])]);
  expect(sameTensor(outputs[0]!, floats("OUTPUT0", [value, -value]))).toBe(true);
}

test.each(["23.12", "24.10"])(
  `on %s nothing is declared dead and no request is lost while all cores are busy for ${SECONDS} s`,
  async (release) => {
    const options = { release, modelRepository: repository.folder, backends: [WASM_BACKEND] };
    await withServer(options, async (server) => {
      await server.http.load("model");
      const guard = server.stubPids()[0]!;
      const processes = () => [guard, ...childrenOf(guard).map(({ pid }) => pid)];
      const before = processes();
      occupyAllCores();
      const end = performance.now() + SECONDS * 1000;
      let requests = 0;
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let turn = 0; performance.now() < end; turn++) {
          await expectServed(server, "model", client * 100_000 + turn);
          requests += 1;
        }
      });
      let loads = 0;
      const loading = async () => {
        do {
          await server.http.load("slow");
          await expectServed(server, "slow", loads);
          await server.http.unload("slow");
          loads += 1;
        } while (performance.now() < end);
      };
      await Promise.all([...clients, loading()]);
      for (const spinner of spinners) spinner.kill();
      expect(processes()).toEqual(before);
      expect(server.log()).not.toMatch(/not healthy|executor (died|did not|ended)/);
      expect(requests).toBeGreaterThan(CLIENTS);
      if (process.env.BUSY_SECONDS !== undefined) {
        process.stderr.write(`${release}: ${requests} requests, ${loads} loads of a slow model\n`);
      }
    });
  },
  SECONDS * 10_000 + 600_000,
);
