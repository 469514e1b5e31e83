import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRunning } from "../../support/processes.js";
import { floatConfig, instances } from "../../support/triton/repository.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import {
  errorOf,
  expectInputBytes,
  expectOutputs,
  IdentityServer,
  INPUT_BYTES,
  metricLines,
  outputOf,
} from "./support.js";

const input = floats("INPUT0", [1, 2, 3]);
const INPUT_SIZE = 12;

const MODELS = {
  comes: floatConfig("identity", instances(2)),
  stays: floatConfig("identity"),
  versions: floatConfig("identity", "version_policy { all {} }"),
};

describe("the counter of input bytes", () => {
  let server: IdentityServer;

  beforeAll(async () => {
    server = await IdentityServer.start(MODELS, {
      mode: "explicit",
      loadModels: ["comes", "stays"],
    });
  });
  afterAll(() => server?.stop());

  const infer = (model: string) => server.triton.http.infer(model, [input]);
  const lines = (model: string) =>
    metricLines(server.triton, INPUT_BYTES).then((all) =>
      all.filter((line) => line.includes(`model="${model}"`)),
    );

  test("row 65: goes with its model and comes back with 0, three times, and no other is touched", async () => {
    const { triton } = server;
    await infer("stays");
    for (let round = 1; round <= 3; round++) {
      await expectInputBytes(triton, "comes", 0);
      for (let turn = 0; turn < round; turn++) await infer("comes");
      await expectInputBytes(triton, "comes", round * INPUT_SIZE);
      await triton.http.unload("comes");
      await expectInputBytes(triton, "comes", undefined);
      await expectInputBytes(triton, "stays", INPUT_SIZE);
      await triton.http.load("comes");
    }
    await expectInputBytes(triton, "comes", 0);
  });

  test("row 64: is another one for each version of a model", async () => {
    const { triton } = server;
    mkdirSync(join(server.models, "versions", "20"));
    await triton.http.load("versions");
    await triton.http.infer("versions", [input], { version: "20" });
    const expected = [
      `input_byte_size_counter{model="versions",version="1"} 0`,
      `input_byte_size_counter{model="versions",version="20"} ${INPUT_SIZE}`,
    ];
    await until("both lines", async () => {
      const found = await lines("versions");
      return found.length === 2 && expected.every((line) => found.includes(line));
    });
  });
});

/**
 * From 23.12 on, the server may crash after it has restarted an instance, with NVIDIA's own stub as well; 23.10 does with
 * more than one instance.
 */
test("rows 65, 66: the counter goes on from its value when 23.10 has restarted a killed instance", async () => {
  const server = await IdentityServer.start(
    { killed: floatConfig("identity") },
    { release: "23.10", mode: "explicit", loadModels: ["killed"] },
  );
  try {
    const { triton } = server;
    const infer = () => triton.http.infer("killed", [input]);
    for (let turn = 0; turn < 4; turn++) await infer();
    await expectInputBytes(triton, "killed", 4 * INPUT_SIZE);
    const [stub] = triton.stubPids();
    process.kill(stub!, "SIGKILL");
    await until("the instance's end", () => !isRunning(stub!));
    await expectInputBytes(triton, "killed", 4 * INPUT_SIZE);
    // The server notices with the next request, and that one is lost.
    expect(await errorOf(infer())).toContain("not healthy");
    for (let turn = 0; turn < 4; turn++) expectOutputs(await infer(), [outputOf(input)]);
    expect(triton.stubPids()).not.toContain(stub);
    await expectInputBytes(triton, "killed", 8 * INPUT_SIZE);
    await triton.http.unload("killed");
    await expectInputBytes(triton, "killed", undefined);
    await triton.http.load("killed");
    await expectInputBytes(triton, "killed", 0);
  } finally {
    await server.stop();
  }
});

test("row 69: without metrics there is no family, and all else is the same", async () => {
  const server = await IdentityServer.start({ plain: floatConfig("identity") }, { metrics: false });
  try {
    const { triton } = server;
    await expect(triton.http.metrics()).rejects.toThrow("ECONNREFUSED");
    for (const client of [triton.http, triton.grpc]) {
      expectOutputs(await client.infer("plain", [input]), [outputOf(input)]);
    }
    expect(triton.log()).not.toMatch(/^[EW].*(metric|counter)/m);
  } finally {
    await server.stop();
  }
});
