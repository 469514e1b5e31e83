import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { finding, WASM_BACKEND } from "../support/wasm/guests.js";

/** A request of this many floats never ends; any other is copied. */
const SLOW = [1, 2];
/** The region must grow for each of these tensors, while the next executor starts. */
const LARGE = [1_000_000, 4_000_000, 8_000_000, 16_000_000];

const CONFIG = floatConfig("wasm", parameter("wasm_execute_deadline_ms", "300"));

const repository = new ModelRepository();

beforeAll(() => {
  repository.add("slow", CONFIG, { "model.wasm": finding("03-slow.wat") });
});
afterAll(() => repository.remove());

describe.each(["23.12", "24.10"])("finding 3, on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
    });
    await server.http.load("slow");
  });

  afterAll(async () => {
    const ended = await server.stop();
    expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  test("a request that makes the region grow while a guest runs over its deadline is served, and so are all after it", async () => {
    const stubs = server.stubPids();
    for (const elements of LARGE) {
      const large = floats("INPUT0", new Array(elements).fill(0.5));
      const stopped = server.http.inferError("slow", [floats("INPUT0", SLOW)]);
      const queued = server.http.infer("slow", [large]);
      expect(await stopped).toMatch(/exceeded its wasm_execute_deadline_ms of 300 ms/);
      const { outputs } = await queued;
      expect(sameTensor(outputs[0]!, { ...large, name: "OUTPUT0" })).toBe(true);
    }
    expect(server.stubPids()).toEqual(stubs);
  });
});
