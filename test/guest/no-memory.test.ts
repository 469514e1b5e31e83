import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BUNDLED_NODE } from "../support/engine.js";
import { assemble } from "../support/wasm/assemble.js";

const RUN_GUEST = fileURLToPath(new URL("run-guest.mjs", import.meta.url));

/** Enough memory for the engine, but not for one more gibibyte. */
const ADDRESS_SPACE_KIB = 2_200_000;

const module = (pages: number) =>
  assemble(`(module (memory (export "memory") ${pages})
    (func (export "triton_execute") (result i32) (i32.const 0)))`);

/** The results of two calls in a process without more memory, when one failure makes an instance unavailable. */
function outcomesWithout(memory: Uint8Array): unknown {
  const input = JSON.stringify([Buffer.from(memory).toString("base64")]);
  const command = `ulimit -v ${ADDRESS_SPACE_KIB}; exec "$0" "$@"`;
  const output = execFileSync("/bin/sh", ["-c", command, BUNDLED_NODE, RUN_GUEST, "1"], { input });
  return JSON.parse(output.toString())[0];
}

test("finding 33: missing memory for a module does not count as its failure", () => {
  const missing = {
    code: "ERR_ENVIRONMENT",
    message: expect.stringMatching(
      /^a model needs the 2147483648 bytes of initial memory of its module, which this machine or a limit .* did not provide/,
    ),
  };
  expect(outcomesWithout(module(32_768))).toEqual([missing, missing]);
  expect(outcomesWithout(module(1))).toEqual(["served", "served"]);
});
