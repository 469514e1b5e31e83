import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { clockAhead } from "../support/triton/namespaces.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Guard and executor exchange the low 31 bits of times in milliseconds: they begin again each 24.9 days that a machine is up. */
const WRAP_S = 2 ** 31 / 1000;
/** How long before that a server starts: the first that is enough for it to be ready in time. */
const AHEAD_S = [20, 60, 180];
const FAILURES_MAX = "1000";
const input = floats("INPUT0", [1, 2, 3]);
const repository = new ModelRepository();

beforeAll(() => {
  const endless = `
    (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8))
      (then (loop $for_ever (br $for_ever))))
    ${COPY_ALL} (i32.const 0)`;
  const deadline = parameter("wasm_execute_deadline_ms", "2000");
  const config = floatConfig("wasm", deadline + parameter("wasm_failures_max", FAILURES_MAX));
  repository.add("model", config, { "model.wasm": guest(endless) });
});
afterAll(() => repository.remove());

const nowMs = () => Number(process.hrtime.bigint() / 1_000_000n);

async function passes(release: string): Promise<void> {
  for (const aheadS of AHEAD_S) if (await passesFrom(release, aheadS)) return;
  throw new Error(`the server was not ready within ${AHEAD_S.at(-1)} s`);
}

/** @returns false when the server was ready too late to see the wrap */
async function passesFrom(release: string, aheadS: number): Promise<boolean> {
  const ahead = Math.floor(WRAP_S) - aheadS - Math.floor(nowMs() / 1_000);
  const wrapsAt = (WRAP_S - ahead) * 1_000;
  let inTime = false;
  const options = {
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env: { wasm_failures_max: FAILURES_MAX },
    within: clockAhead(ahead),
  };
  await withServer(options, async (server) => {
    await server.http.load("model");
    inTime = nowMs() < wrapsAt;
    if (!inTime) return;
    let began: number;
    do {
      const { outputs } = await server.http.infer("model", [input]);
      expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
      began = nowMs();
      expect(await server.http.inferError("model", [floats("INPUT0", [1, 2])])).toMatch(
        /exceeded its wasm_execute_deadline_ms of 2000 ms/,
      );
    } while (began < wrapsAt);
  });
  return inTime;
}

test("on 23.12 and 24.10, deadlines hold while the machine's uptime passes 2^31 ms", () =>
  // Side by side, for each waits out the time before.
  sideBySide(["23.12", "24.10"], passes));
