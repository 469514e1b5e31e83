import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { FullMemory, fillWithFiles } from "../support/triton/full-memory.js";
import { ownSharedMemory } from "../support/triton/namespaces.js";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import type { TritonServer } from "../support/triton/server.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const MEMORY_BYTES = 64 * 2 ** 20;
const MEMORY_FILES = 64;
/** Of a region when it is made (shm-default-byte-size). */
const REGION_PAGES = 256;
const BIG_BYTES = 16 * 2 ** 20;
const CLIENTS = 8;
const METRICS = 40;
const NO_ROOM = /Failed to increase the shared memory pool size/;
const input = floats("INPUT0", [1, 2, 3]);
const repository = new ModelRepository();

/** Answers with more bytes than a region has at first, or copies one float. */
const BIG = `
  (if (result i32) (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 4))
    (then ${COPY_ALL} (i32.const 0))
    (else
      (i64.store (i32.const 128) (i64.const ${BIG_BYTES / 4}))
      (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11)
        (i32.const 128) (i32.const 1) (i32.const ${BIG_BYTES})))
      (i32.const 0)))`;

/** Makes metrics with names of two letters. */
const COUNTS = `
  (func (export "triton_initialize") (result i32) (local $i i32)
    (loop $next
      (i32.store8 (i32.const 128) (i32.add (i32.const 97) (i32.div_u (local.get $i) (i32.const 10))))
      (i32.store8 (i32.const 129) (i32.add (i32.const 97) (i32.rem_u (local.get $i) (i32.const 10))))
      (drop (call $metric_new (i32.const 0) (i32.const 128) (i32.const 2) (i32.const 16) (i32.const 17)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${METRICS}))))
    (i32.const 0))`;

beforeAll(() => {
  repository.add("big", floatConfig("wasm"), { "model.wasm": guest(BIG) });
  for (const name of ["stays", "counts"]) {
    const module = guest(`${COPY_ALL} (i32.const 0)`, COUNTS);
    repository.add(name, floatConfig("wasm"), { "model.wasm": module });
  }
});
afterAll(() => repository.remove());

const onBoth = (files: number, use: (server: TritonServer) => Promise<void>) =>
  sideBySide(["23.12", "24.10"], (release) =>
    withServer(
      {
        release,
        modelRepository: repository.folder,
        backends: [WASM_BACKEND],
        within: ownSharedMemory(MEMORY_BYTES, files),
      },
      use,
    ),
  );

async function expectServed(server: TritonServer, model: string): Promise<void> {
  const one = floats("INPUT0", [1]);
  const { outputs } = await server.http.infer(model, [one]);
  expect(sameTensor(outputs[0]!, { ...one, name: "OUTPUT0" })).toBe(true);
}

/** After a load that has failed. */
async function expectNothingLeft(server: TritonServer): Promise<void> {
  await until("the end of the stub", () => server.stubs().length === 0);
  await until("the end of its process", () => server.children().length === 0);
  const left = readdirSync(server.sharedMemory).filter((name) => !/^fil(ler|es)$/.test(name));
  expect(left).toEqual([]);
}

test("on 23.12 and 24.10, a region that cannot grow costs the requests that need it, and no others", async () => {
  await onBoth(0, async (server) => {
    await server.http.load("big");
    const full = new FullMemory(server);
    const asked = Array.from({ length: CLIENTS }, () => server.http.inferError("big", [input]));
    for (const error of await Promise.all(asked)) expect(error).toMatch(NO_ROOM);
    await expectServed(server, "big");
    const tooBig = { ...input, shape: [BIG_BYTES / 4], bytes: new Uint8Array(BIG_BYTES) };
    expect(await server.http.inferError("big", [tooBig])).toMatch(NO_ROOM);
    await expectServed(server, "big");
    full.remove();
    const { outputs } = await server.http.infer("big", [input]);
    expect(Buffer.compare(outputs[0]!.bytes, Buffer.alloc(BIG_BYTES))).toBe(0);
    await expectServed(server, "big");
  });
});

test("on 23.12 and 24.10, a load without room for a file ends, with the model or with an error, and leaves nothing", async () => {
  await onBoth(MEMORY_FILES, async (server) => {
    const removeFile = fillWithFiles(server);
    const errors: string[] = [];
    for (;;) {
      const error = await server.http.loadError("big");
      if (error === undefined) break;
      errors.push(error);
      await expectNothingLeft(server);
      expect(removeFile()).toBe(true);
    }
    expect(errors.join("\n")).toMatch(
      /which the instances of a server share, cannot be used: No space left/,
    );
    await expectServed(server, "big");
  });
});

test("on 23.12 and 24.10, metrics for which there is no room do not damage those of other models", async () => {
  await onBoth(0, async (server) => {
    await server.http.load("stays");
    const outcomes = [];
    for (let pages = REGION_PAGES - 1; pages < REGION_PAGES + 6; pages++) {
      const full = new FullMemory(server);
      full.free(pages);
      outcomes.push(await server.http.loadError("counts"));
      full.remove();
      await expectServed(server, "stays");
      await server.http.unload("counts");
      await until("the end of it", () => server.stubs().length === 1);
    }
    const errors = outcomes.filter((outcome) => outcome !== undefined);
    expect(errors.join("\n")).toMatch(/the shared metrics file .* cannot grow \(ENOSPC\): enlarge/);
    expect(outcomes.at(-1)).toBeUndefined();
    await server.http.load("counts");
    await expectServed(server, "counts");
    expect(await server.http.metrics()).toMatch(/^aa\{model="counts".*\} 0$/m);
    await server.http.unload("stays");
    await until("the end of it", () => server.stubs().length === 1);
    expect(await server.http.metrics()).not.toMatch(/^[^n].*model="stays"/m);
  });
});
