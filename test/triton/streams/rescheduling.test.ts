import { expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../../support/triton/repository.js";
import { floats, sameTensor } from "../../support/triton/tensors.js";
import { withServer } from "../../support/triton/with-server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../../support/wasm/guests.js";

const MODEL = "reschedules";
const EXECUTIONS = 4;
const SEQUENCE = `sequence_batching { iterative_sequence: true }`;

/** Reschedules a request until its fourth execution, and then copies it. Every execution before the last gives nothing back. */
const MODULE = guest(
  `(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
   (if (i32.rem_u (global.get $calls) (i32.const ${EXECUTIONS})) (then
     (if (call $request_reschedule (i32.const 0)) (then unreachable))
     (return (i32.const 0))))
   ${COPY_ALL} (i32.const 0)`,
  "(global $calls (mut i32) (i32.const 0))",
);

/** 23.12 loses some rescheduled requests of an instance after the first, also with NVIDIA's stub. */
const ROUNDS = { "23.12": 1, "24.08": 5, "24.10": 5 } as const;

test.each(["23.12", "24.08", "24.10"] as const)(
  "on %s a request that the guest reschedules is executed again, and answered once",
  async (release) => {
    const repository = new ModelRepository();
    repository.add(MODEL, floatConfig("wasm", SEQUENCE, 1), { "model.wasm": MODULE });
    const options = {
      release,
      modelRepository: repository.folder,
      loadModels: [MODEL],
      backends: [WASM_BACKEND],
    };
    await withServer(options, async (server) => {
      for (let round = 0; round < ROUNDS[release]; round++) {
        const values = [round, -round, 7];
        const { outputs } = await server.http.infer(MODEL, [floats("INPUT0", values, [1, 3])]);
        expect(sameTensor(outputs[0]!, floats("OUTPUT0", values, [1, 3]))).toBe(true);
      }
      // A response factory that was not given back would block the unload.
      await server.http.unload(MODEL);
    });
    repository.remove();
  },
);
