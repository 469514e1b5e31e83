import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../../support/paths.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor, type Tensor } from "../../support/triton/tensors.js";
import { withServer } from "../../support/triton/with-server.js";
import { until } from "../../support/wait.js";
import { WASM_BACKEND } from "../../support/wasm/guests.js";

/** One release of each era of answers. */
const RELEASES = ["23.12", "24.08", "24.10"] as const;
/** 23.12 loses some rescheduled requests of an instance after the first, also with NVIDIA's stub. */
const ROUNDS = { "23.12": 1, "24.08": 5, "24.10": 5 } as const;

/** A server with an example, as its folder is. At the end the example is unloaded. */
async function withExample(
  release: string,
  language: string,
  model: string,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const options = {
    release,
    modelRepository: join(projectFolder(), "examples", language),
    loadModels: [model],
    backends: [WASM_BACKEND],
  };
  await withServer(options, async (server) => {
    await use(server);
    // A response factory that was not given back would block the unload.
    await server.http.unload(model);
  });
}

function int32(value: number): Tensor {
  const bytes = new Uint8Array(Int32Array.of(value).buffer);
  return { name: "IN", datatype: "INT32", shape: [1], bytes };
}

test.each(RELEASES)(
  "on %s the example square_int32 sends as many responses as its input says, for several clients at once",
  async (release) =>
    withExample(release, "c", "square_int32", async (server) => {
      const square = async (value: number) => {
        const answers = await server.grpc.inferStream("square_int32", [int32(value)]);
        return answers.map(({ outputs }) => Buffer.from(outputs[0]!.bytes).readInt32LE());
      };
      const values = [4, 2, 1, 100];
      const streams = await Promise.all(values.map(square));
      expect(streams).toEqual(values.map((value) => Array(value).fill(value)));
      await expect(square(-1)).rejects.toThrow("IN must be one number from 0 to 100000");
    }),
);

test.each(RELEASES)(
  "on %s the example rescheduling answers each request in its second execution",
  async (release) =>
    withExample(release, "c", "rescheduling", async (server) => {
      for (let round = 0; round < ROUNDS[release]; round++) {
        const first = Array.from({ length: 16 }, (_, index) => index + round);
        const second = first.map((value) => 2 * value + 1);
        const { outputs } = await server.http.infer("rescheduling", [
          floats("INPUT0", first, [1, 16]),
          floats("INPUT1", second, [1, 16]),
        ]);
        const of = (name: string) => outputs.find((output) => output.name === name)!;
        const expected = (name: string, of: (one: number, other: number) => number) =>
          floats(
            name,
            first.map((value, index) => of(value, second[index]!)),
            [1, 16],
          );
        expect(
          sameTensor(
            of("OUTPUT0"),
            expected("OUTPUT0", (a, b) => a + b),
          ),
        ).toBe(true);
        expect(
          sameTensor(
            of("OUTPUT1"),
            expected("OUTPUT1", (a, b) => a - b),
          ),
        ).toBe(true);
        // The server counts an execution after its response has gone out.
        await until("two executions in the statistics", async () => {
          const [statistics] = await server.http.modelStatistics("rescheduling");
          return statistics.execution_count === 2 * (round + 1);
        });
      }
    }),
);

test.each(RELEASES)(
  "on %s the example token_stream answers generate_stream with one event for each token",
  async (release) =>
    withExample(release, "rust", "token_stream", async (server) => {
      const tokens = async (text: string) => {
        const events = await server.http.generateStream("token_stream", { text_input: text });
        return events.map(({ text_output }) => text_output);
      };
      expect(await tokens("Ein Satz  aus größeren Wörtern. ")).toEqual([
        "Ein",
        " Satz",
        "  aus",
        " größeren",
        " Wörtern. ",
      ]);
      const texts = ["one", "one two", "one two three four five six seven"];
      const streams = await Promise.all(texts.map(tokens));
      expect(streams.map((stream) => stream.join(""))).toEqual(texts);
      expect(streams.map((stream) => stream.length)).toEqual([1, 2, 7]);
    }),
);
