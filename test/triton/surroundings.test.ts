import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import type { TritonServer, TritonServerOptions } from "../support/triton/server.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Two floats make it endless. */
const ENDLESS =
  "(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then (loop $for_ever (br $for_ever))))";
const input = floats("INPUT0", [1, 2, 3]);
const openssl = (name: string) => join(projectFolder(), "test/zoo/findings", name);

const repository = new ModelRepository();

beforeAll(() => {
  const deadline = parameter("wasm_execute_deadline_ms", "300");
  repository.add("model", floatConfig("wasm", deadline), {
    "model.wasm": guest(`${ENDLESS} ${COPY_ALL} (i32.const 0)`),
  });
  repository.add("broken", floatConfig("wasm"), { "model.wasm": Buffer.from("no module") });
});
afterAll(() => repository.remove());

const onBoth = (
  surroundings: Partial<TritonServerOptions>,
  use: (server: TritonServer) => Promise<void>,
) =>
  sideBySide(["23.12", "24.10"], (release) =>
    withServer(
      { release, modelRepository: repository.folder, backends: [WASM_BACKEND], ...surroundings },
      use,
    ),
  );

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("model", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

/** A load, batches of which one is stopped, and a load that fails. */
async function expectWhole(server: TritonServer): Promise<void> {
  await server.http.load("model");
  await expectServed(server);
  expect(await server.http.inferError("model", [floats("INPUT0", [1, 2])])).toMatch(
    /exceeded its wasm_execute_deadline_ms/,
  );
  await expectServed(server);
  expect(await server.http.loadError("broken")).toMatch(/is not a WebAssembly module/);
  await server.http.unload("model");
}

test("on 23.12 and 24.10, finding 7: a standard error on a full disk costs the lines of the log, and nothing else", async () => {
  await onBoth({ errorOutput: "/dev/full" }, expectWhole);
});

test.each(["21-openssl-broken.cnf", "21-openssl-fips.cnf"])(
  "on 23.12 and 24.10, finding 6: an OPENSSL_CONF such as %s does not matter",
  async (file) => {
    await onBoth({ env: { OPENSSL_CONF: openssl(file) } }, expectWhole);
  },
);

test("on 23.12 and 24.10, finding 6: a load within limits of memory ends, with the model or with an error, and a later one succeeds", async () => {
  await onBoth({}, async (server) => {
    // Not the address space: the server itself needs much of it.
    for (const gib of [5, 4, 3]) {
      const before = softLimit(server.pid, "data");
      setSoftLimit(server.pid, "data", String(gib * 2 ** 30));
      await server.http.load("model").then(
        () => server.http.unload("model"),
        (error: Error) =>
          expect(error.message).toMatch(
            /executor ended 3 times before it accepted|memory limits do not leave 4 GiB/,
          ),
      );
      setSoftLimit(server.pid, "data", before);
    }
    await server.http.load("model");
    await expectServed(server);
  });
});

function softLimit(pid: number, limit: string): string {
  const args = ["--pid", String(pid), `--${limit}`, "--output", "SOFT", "--raw", "--noheadings"];
  return execFileSync("prlimit", args, { encoding: "utf8" }).trim();
}

function setSoftLimit(pid: number, limit: string, value: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--${limit}=${value}:`]);
}
