import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { TritonServer } from "../support/triton/server.js";
import { elementCount, encodeBytes, sameTensor, type Tensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const EXAMPLES = join(projectFolder(), "examples");
const LANGUAGES = ["assemblyscript", "c", "rust", "zig"];
const MODELS = ["identity", "add_sub", "string_upper"];

/** Larger than any slice in which a model may take its inputs. */
const LARGE = 1_000_003;

const config = (language: string, model: string) =>
  readFileSync(join(EXAMPLES, language, model, "config.pbtxt"), "utf8");

test.each(MODELS)("the example %s has one configuration in all languages", (model) => {
  const [first, ...others] = LANGUAGES.map((language) => config(language, model));
  for (const other of others) expect(other).toBe(first);
});

describe.each(LANGUAGES)("the examples in %s", (language) => {
  const random = new Random(1);
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      modelRepository: join(EXAMPLES, language),
      loadModels: MODELS,
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
  });

  /** Loads a model with its configuration changed. */
  async function reload(model: string, change: (config: Json) => object): Promise<void> {
    const now = await server.http.modelConfig(model);
    await server.http.load(model, { ...now, ...change(now) });
  }

  describe("identity", () => {
    const echo = async (input: Tensor) => {
      const { outputs } = await server.http.infer("identity", [input], { outputs: ["OUTPUT0"] });
      expect(outputs).toHaveLength(1);
      expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    };

    test.each([[[1, 0]], [[1, 1]], [[3, 7]], [[8, 1000]], [[1, LARGE]]])(
      "echoes 32-bit floats of shape %j",
      async (shape) => echo(randomFloats("INPUT0", shape)),
    );

    test("echoes another datatype when the configuration says so", async () => {
      await reload("identity", ({ input, output }) => ({
        input: [{ ...input[0], data_type: "TYPE_STRING" }],
        output: [{ ...output[0], data_type: "TYPE_STRING" }],
      }));
      await echo(strings([1, 3], ["", "one", "größer"]));
    });
  });

  describe("add_sub", () => {
    const SHAPES = [
      ...[0, 1, 2, 3, 4, 5, 7, 1023, 4095, 4096, 4097, 16_385, LARGE].map((n) => [1, n]),
      [8, 333],
      [3, 0],
      [2, 100_001],
    ];

    test.each(SHAPES.map((shape) => [shape]))("adds and subtracts shape %j", async (shape) => {
      const inputs = pair(shape, shape);
      expectAnswers((await server.http.infer("add_sub", inputs)).outputs, inputs);
    });

    test("adds and subtracts special numbers", async () => {
      const values = [0, -0, 1e-45, 3.4e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const lefts = values.flatMap((left) => values.map(() => left));
      const rights = values.flatMap(() => values);
      const shape = [1, lefts.length];
      const inputs = [
        floatTensor("INPUT0", shape, Float32Array.from(lefts)),
        floatTensor("INPUT1", shape, Float32Array.from(rights)),
      ] as const;
      const { outputs } = await server.http.infer("add_sub", inputs);
      outputs.forEach((output, index) => {
        expect([...floatsOf(output)]).toEqual([...floatsOf(expected(inputs)[index]!)]);
      });
    });

    test.each(["OUTPUT0", "OUTPUT1"])(
      "makes %s alone when the client wants no more",
      async (name) => {
        const inputs = pair([2, 5001], [2, 5001]);
        const { outputs } = await server.http.infer("add_sub", inputs, { outputs: [name] });
        expect(outputs.map((output) => output.name)).toEqual([name]);
        expectAnswers(outputs, inputs);
      },
    );

    test("refuses inputs of two shapes and names both", async () => {
      const answer = await server.http.inferError("add_sub", pair([1, 3], [1, 4]));
      expect(answer).toMatch(/INPUT0.*\[1, ?3\].*INPUT1.*\[1, ?4\]/);
    });

    describe("in batches", () => {
      beforeAll(async () => {
        await reload("add_sub", ({ input }) => ({
          input: [
            { ...input[0], allow_ragged_batch: true },
            { ...input[1], allow_ragged_batch: true, optional: true },
          ],
          dynamic_batching: { preferred_batch_size: [6], max_queue_delay_microseconds: 30_000_000 },
        }));
      });

      const executions = async () =>
        (await server.http.modelStatistics("add_sub"))[0].execution_count as number;

      test("answers each request for itself, also beside one with an error", async () => {
        const before = await executions();
        const good = [
          pair([1, 5], [1, 5]),
          pair([2, 9001], [2, 9001]),
          pair([1, 0], [1, 0]),
          pair([1, 1], [1, 1]),
        ];
        const refused = server.http.inferError("add_sub", pair([1, 2], [1, 3]));
        const answers = await Promise.all(
          good.map((inputs) => server.http.infer("add_sub", inputs)),
        );
        for (const [index, inputs] of good.entries()) {
          expectAnswers(answers[index]!.outputs, inputs);
        }
        expect(await refused).toMatch(/\[1, ?2\].*\[1, ?3\]/);
        // The server counts an execution after it has sent the answers.
        await until("one execution", async () => (await executions()) === before + 1);
      });

      test("names the input that a request does not bring", async () => {
        const [input] = pair([6, 3], [6, 3]);
        expect(await server.http.inferError("add_sub", [input])).toContain("INPUT1");
      });
    });
  });

  describe("string_upper", () => {
    const expectUpper = async (input: Tensor, elements: readonly Elem[]) => {
      const { outputs } = await server.http.infer("string_upper", [input]);
      expect(outputs).toHaveLength(1);
      const upper = strings(input.shape, elements.map(asciiUpper), "OUTPUT0");
      expect(sameTensor(outputs[0]!, upper)).toBe(true);
    };

    test.each<[string, number[], string[]]>([
      ["no elements", [1, 0], []],
      ["an empty string", [1, 1], [""]],
      ["empty strings among others", [1, 5], ["", "abc", "", "", "xyz"]],
      ["the neighbours of the letters", [1, 2], ["@AZ[`az{", "0189 \t\n~"]],
      ["UTF-8", [2, 2], ["straße", "größer als ñandú", "日本語 text", "🙂 é e\u0301"]],
      ["long and short ones", [1, 3], ["a".repeat(33), "b", "c".repeat(17)]],
    ])("makes %s upper case", async (_, shape, elements) =>
      expectUpper(strings(shape, elements), elements),
    );

    test("makes every byte but the letters come back as it was", async () => {
      const elements = [Uint8Array.from({ length: 1024 }, (_, index) => index)];
      await expectUpper(strings([1, 1], elements), elements);
    });

    test("makes one element of a megabyte upper case", async () => {
      const elements = [Buffer.alloc(1024 * 1024, "the quick brown fox – größer, ")];
      await expectUpper(strings([1, 1], elements), elements);
    });

    test("makes a hundred thousand elements upper case", async () => {
      const words = Buffer.from("jumps over the lazy dog; ÄÖÜ äöü ".repeat(3));
      const elements = Array.from({ length: 100_000 }, () =>
        words.subarray(0, Math.floor(random.fraction() ** 3 * words.length)),
      );
      await expectUpper(strings([8, 12_500], elements), elements);
    });
  });

  function randomFloats(name: string, shape: readonly number[]): Tensor {
    const values = Float32Array.from(
      { length: elementCount(shape) },
      () => random.fraction() * 2000 - 1000,
    );
    return floatTensor(name, shape, values);
  }

  function pair(left: readonly number[], right: readonly number[]): readonly [Tensor, Tensor] {
    return [randomFloats("INPUT0", left), randomFloats("INPUT1", right)];
  }
});

// biome-ignore lint/suspicious/noExplicitAny: the server's own document.
type Json = any;
type Elem = Uint8Array | string;

function floatTensor(name: string, shape: readonly number[], values: Float32Array): Tensor {
  return { name, datatype: "FP32", shape, bytes: new Uint8Array(values.buffer) };
}

function floatsOf({ bytes }: Tensor): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** The right answers of add_sub. */
function expected([one, other]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] {
  const left = floatsOf(one);
  const right = floatsOf(other);
  const sum = left.map((value, index) => value + right[index]!);
  const difference = left.map((value, index) => value - right[index]!);
  return [floatTensor("OUTPUT0", one.shape, sum), floatTensor("OUTPUT1", one.shape, difference)];
}

function expectAnswers(outputs: readonly Tensor[], inputs: readonly [Tensor, Tensor]): void {
  expect(outputs.length).toBeGreaterThan(0);
  const right = expected(inputs);
  for (const output of outputs) {
    const answer = right.find(({ name }) => name === output.name);
    expect(answer !== undefined && sameTensor(output, answer)).toBe(true);
  }
}

function strings(shape: readonly number[], elements: readonly Elem[], name = "INPUT0"): Tensor {
  return { name, datatype: "BYTES", shape, bytes: encodeBytes(elements) };
}

function asciiUpper(element: Elem): Uint8Array {
  return Uint8Array.from(Buffer.from(element as Uint8Array), (byte) =>
    byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte,
  );
}
