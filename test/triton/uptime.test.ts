import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { COPY_ALL, guest, WASM_BACKEND } from "./guests.js";
import { clockAhead } from "./harness/namespaces.js";
import { floats, sameTensor } from "./harness/tensors.js";
import { withServer } from "./harness/with-server.js";
import { floatConfig, ModelRepository, parameter } from "./repository.js";

/** Guard and executor exchange the low 31 bits of times in milliseconds: they begin again each 24.9 days that a machine is up. */
const WRAP_S = 2 ** 31 / 1000;
/** More than a server needs to start. */
const AHEAD_S = 60;
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

async function passes(release: string): Promise<void> {
  const uptimeS = Number(process.hrtime.bigint() / 1_000_000_000n);
  const ahead = Math.floor(WRAP_S) - AHEAD_S - uptimeS;
  const wrapsAt = (WRAP_S - ahead) * 1000;
  const now = () => Number(process.hrtime.bigint() / 1_000_000n);
  const options = {
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env: { wasm_failures_max: FAILURES_MAX },
    within: clockAhead(ahead),
  };
  await withServer(options, async (server) => {
    await server.http.load("model");
    expect(now()).toBeLessThan(wrapsAt);
    let began: number;
    do {
      const { outputs } = await server.http.infer("model", [input]);
      expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
      began = now();
      expect(await server.http.inferError("model", [floats("INPUT0", [1, 2])])).toMatch(
        /exceeded its wasm_execute_deadline_ms of 2000 ms/,
      );
    } while (began < wrapsAt);
  });
}

test("on 23.12 and 24.10, deadlines hold while the machine's uptime passes 2^31 ms", async () => {
  // Side by side, for each waits out the minute.
  await Promise.all(["23.12", "24.10"].map(passes));
});
