import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { identityModule, WASM_BACKEND } from "./guests.js";
import { TritonServer } from "./harness/server.js";
import { floats, sameTensor } from "./harness/tensors.js";
import { floatConfig, ModelRepository } from "./repository.js";

const repository = new ModelRepository();
const input = floats("INPUT0", [1, 2]);

beforeAll(() => {
  repository.add("plain", floatConfig("wasm"), { "model.wasm": identityModule() });
});
afterAll(() => repository.remove());

/** Runs `use` with a stock server of `release` in whose environment something is said of the release. */
async function withServer(
  release: string,
  env: Readonly<Record<string, string>>,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const server = await TritonServer.start({
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env,
  });
  try {
    await use(server);
    expect(await server.http.live()).toBe(true);
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  } finally {
    await server.dispose();
  }
}

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("plain", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

describe("a server that is not of the release given by hand", () => {
  test.each([
    ["23.12", "23.10", "expected a command of 0, 2, 12, 4, saw 14"],
    ["23.12", "24.10", "expected a region whose name ends in a UUID, saw"],
    ["23.12", "26.08", "does not speak as Triton 26.07 does"],
    ["24.06", "24.03", "expected a region whose name ends in a counter, saw"],
  ])("%s as %s: the load is refused, and says what was expected and seen", async (...row) => {
    const [release, given, sentence] = row;
    await withServer(release, { TRITON_WASM_RELEASE: given }, async (server) => {
      expect(await server.http.loadError("plain")).toContain(sentence);
    });
  });

  test.each([
    ["23.12", "24.03", "a request's trace has no valid place"],
    ["24.04", "24.10", "expected a response factory: one, saw none"],
    ["24.06", "24.04", "expected a response factory: none, saw one"],
    ["24.10", "24.05", "expected a response factory: none, saw one"],
  ])("%s as %s: requests are refused, nothing else happens", async (...row) => {
    const [release, given, sentence] = row;
    await withServer(release, { TRITON_WASM_RELEASE: given }, async (server) => {
      await server.http.load("plain");
      for (let round = 0; round < 2; round++) {
        const error = await server.http.inferError("plain", [input]);
        expect(error).toContain(`the server does not speak as Triton ${given} does`);
        expect(error).toContain(sentence);
      }
      await server.http.unload("plain");
    });
  });
});

test("the release can be given by a file in the backend's folder", async () => {
  await withServer("24.10", {}, async (server) => {
    const file = join(server.folder, "backends", "wasm", "triton-release");
    writeFileSync(file, "24.05\n");
    await server.http.load("plain");
    expect(await server.http.inferError("plain", [input])).toBeDefined();
    await server.http.unload("plain");
    writeFileSync(file, "24.10\n");
    await server.http.load("plain");
    await expectServed(server);
  });
});

test("24.10 speaks as 24.12, and a release without a test is named in the log, once", async () => {
  await withServer("24.10", { NVIDIA_TRITON_SERVER_VERSION: "24.12" }, async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    const lines = server.log().match(/^I.*not proven on a real server of that release/gm);
    expect(lines).toHaveLength(1);
    expect(lines![0]).toContain("speaking to Triton 24.12");
  });
});

test("an installation that names another release than its library is of gets a warning, and is served", async () => {
  await withServer("23.12", { TRITON_SERVER_VERSION: "2.51.0" }, async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    await server.waitForLog(
      /^W.*says Triton 24\.10, but its libtriton_python\.so is that of 23\.12/m,
    );
  });
});
