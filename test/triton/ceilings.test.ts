import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { guest, WASM_BACKEND } from "../support/wasm/guests.js";

const PAGE_BYTES = 65_536;
const ABOVE = "2147483648";

/** Answers with one float: how many pages its memory has once it can grow no further. */
const COUNT_PAGES = `
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (i64.store (i32.const 200) (i64.const 1))
  (f32.store (i32.const 208) (f32.convert_i32_s (memory.size)))
  (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 200) (i32.const 1) (i32.const 4)))
  (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 208) (i32.const 4)))
  (i32.const 0)`;

const AUTO_COMPLETE = `(func (export "triton_auto_complete") (result i32) (i32.const 0))`;

const repository = new ModelRepository();
const folder = mkdtempSync(join(tmpdir(), "backend-"));
const limited = join(folder, "wasm");

beforeAll(() => {
  const modules = { "model.wasm": guest(COUNT_PAGES, AUTO_COMPLETE) };
  repository.add("plain", floatConfig("wasm"), modules);
  repository.add("greedy", floatConfig("wasm", parameter("wasm_memory_max_bytes", ABOVE)), modules);
  cpSync(WASM_BACKEND, limited, { recursive: true });
});

afterAll(() => {
  repository.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function withServer(
  backend: string,
  env: Readonly<Record<string, string>>,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const modelRepository = repository.folder;
  const server = await TritonServer.start({ modelRepository, backends: [backend], env });
  try {
    await use(server);
    expect(await server.http.live()).toBe(true);
  } finally {
    await server.stop();
  }
}

async function pagesOf(server: TritonServer, model: string): Promise<number> {
  await server.http.load(model);
  const { outputs } = await server.http.infer(model, [floats("INPUT0", [1])]);
  return Buffer.from(outputs[0]!.bytes).readFloatLE();
}

describe("finding 13: the operator's ceilings on a real server", () => {
  test("a model above a ceiling is refused by name, and the other one loads", async () => {
    await withServer(WASM_BACKEND, {}, async (server) => {
      expect(await server.http.loadError("greedy")).toContain(
        `model parameter wasm_memory_max_bytes is '${ABOVE}': the operator of the server allows at most 1073741824.`,
      );
      await server.http.load("plain");
    });
  });

  test("the same model loads where the server's environment raises the ceiling", async () => {
    await withServer(WASM_BACKEND, { wasm_memory_max_bytes: ABOVE }, async (server) => {
      await server.http.load("greedy");
    });
  });

  test("a lower ceiling in the backend's folder is the default, too, and a variable overrules it", async () => {
    writeFileSync(join(limited, "limits"), `wasm_memory_max_bytes = ${20 * PAGE_BYTES}\n`);
    await withServer(limited, {}, async (server) => {
      expect(await pagesOf(server, "plain")).toBe(20);
    });
    const env = { wasm_memory_max_bytes: String(30 * PAGE_BYTES) };
    await withServer(limited, env, async (server) => {
      expect(await pagesOf(server, "plain")).toBe(30);
    });
  });

  test("a file with an unknown name fails each load, with its line and the names that exist", async () => {
    writeFileSync(join(limited, "limits"), "# of this node\nwasm_memory = 65536\n");
    await withServer(limited, {}, async (server) => {
      expect(await server.http.loadError("plain")).toMatch(
        /the operator's limits, \S+\/wasm\/limits, line 2: unknown limit 'wasm_memory', did you mean wasm_memory_max_bytes\?/,
      );
    });
  });

  test("a variable with a bad value fails each load, naming variable and range", async () => {
    await withServer(WASM_BACKEND, { wasm_output_max_bytes: "1 GiB" }, async (server) => {
      expect(await server.http.loadError("plain")).toContain(
        "environment variable wasm_output_max_bytes: wasm_output_max_bytes is '1 GiB': it must be a whole number from 0 to 4294967296",
      );
    });
  });
});
