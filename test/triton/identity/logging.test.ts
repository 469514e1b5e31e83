import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pairsConfig } from "../../support/triton/repository.js";
import { floats, type Tensor } from "../../support/triton/tensors.js";
import {
  batchesOf,
  CLIENTS,
  errorOf,
  IdentityServer,
  inferTogether,
  integers,
  postJson,
  raw,
  strings,
} from "./support.js";

const FLOATS = { index: 0, type: "TYPE_FP32", dims: [-1] };

/** The first four are those of the server's own tests. */
const MODELS = {
  identity_fp32: pairsConfig("identity", [FLOATS], { maxBatchSize: 8 }),
  identity_bytes: pairsConfig("identity", [{ index: 0, type: "TYPE_STRING", dims: [-1] }], {
    maxBatchSize: 8,
  }),
  identity_nobatch_int8: pairsConfig("identity", [{ index: 0, type: "TYPE_INT8", dims: [-1] }]),
  identity_uint32: pairsConfig("identity", [{ index: 0, type: "TYPE_UINT32", dims: [-1] }], {
    maxBatchSize: 8,
    extra: batchesOf(8),
  }),
  pairs: pairsConfig(
    "identity",
    [
      { ...FLOATS, input: "optional: true" },
      { index: 1, type: "TYPE_INT32", dims: [-1] },
      { index: 2, type: "TYPE_INT64", dims: [2], input: "optional: true" },
    ],
    { maxBatchSize: 4 },
  ),
  reshaped: pairsConfig(
    "identity",
    [{ index: 0, type: "TYPE_INT32", dims: [2, 2], both: "reshape { shape: [4] }" }],
    { maxBatchSize: 4 },
  ),
};

/** What the backend itself writes; the server's own lines about tensors look different. */
const OUR_LINES =
  /^\S+ \S+ \d+ .*\] ((request \d+: |\tinput INPUT\d+: |\trequested_output |model \S+, instance \S+, executing ).*)$/gm;

function ourLines(log: string): string[] {
  return [...log.matchAll(OUR_LINES)].map((match) => match[1]!);
}

/** Sends the requests of the server's own test of this backend. */
async function runServersOwnTest({ triton }: IdentityServer): Promise<void> {
  const numbers = (...shape: number[]) =>
    floats("INPUT0", Array(shape.reduce((product, size) => product * size)).fill(1), shape);
  for (const client of CLIENTS) {
    const infer = (model: string, input: Tensor) => triton[client].infer(model, [input]);
    for (const shape of [
      [1, 0],
      [1, 5],
      [4, 0],
      [8, 5],
    ]) {
      await infer("identity_fp32", numbers(...shape));
    }
    await infer("identity_bytes", strings("INPUT0", [], [1, 0]));
    await infer("identity_bytes", strings("INPUT0", ["abcdefgh"], [1, 1]));
    for (const length of [0, 7]) {
      const input = raw("INPUT0", "INT8", [length], new Uint8Array(length));
      await infer("identity_nobatch_int8", input);
    }
  }
  const input = raw("INPUT0", "UINT32", [2, 2], new Uint8Array(16));
  const requests = Array.from({ length: 4 }, () => [[input]] as const);
  await inferTogether(triton, "identity_uint32", requests);
}

async function setVerbosity({ triton }: IdentityServer, level: number): Promise<void> {
  const answer = await postJson(triton, "/v2/logging", { log_verbose_level: level });
  expect(answer.status).toBe(200);
}

describe("the log of a verbose server", () => {
  let server: IdentityServer;

  beforeAll(async () => {
    server = await IdentityServer.start(MODELS, { logVerbose: 1 });
  });
  afterAll(() => server?.stop());

  /** The backend's lines about what `work` sends. A request's lines are there before its answer is. */
  async function linesOf(work: () => Promise<unknown>): Promise<string[]> {
    const from = server.triton.log().length;
    await work();
    return ourLines(server.triton.log().slice(from));
  }

  test("row 57: has as many lines of each byte size as the server's own test counts", async () => {
    const from = server.triton.log().length;
    await runServersOwnTest(server);
    const lines = server.triton.log().slice(from).split("\n");
    const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
    // Prefixes, as grep looks for them there.
    expect({
      zero: count(/byte_size = 0/),
      seven: count(/byte_size = 7/),
      sixteen: count(/byte_size = 16/),
      twenty: count(/byte_size = 20/),
      hundredAndSixty: count(/byte_size = 160/),
    }).toEqual({ zero: 8, seven: 2, sixteen: 6, twenty: 2, hundredAndSixty: 2 });
  });

  test("rows 55, 56, 57: has the batch, the request and the tensor, in this order and in NVIDIA's words (finding 30)", async () => {
    const parameters = { sequence_id: 42 };
    const lines = await linesOf(() =>
      server.triton.http.infer("identity_fp32", [floats("INPUT0", [1, 2, 3, 4, 5], [1, 5])], {
        id: "mine",
        parameters,
      }),
    );
    expect(lines).toEqual([
      "model identity_fp32, instance identity_fp32_0, executing 1 requests",
      'request 0: id = "mine", correlation_id = 42, input_count = 1, requested_output_count = 1',
      "\tinput INPUT0: datatype = FP32, shape = [1,5], byte_size = 20, buffer_count = 1",
      "\trequested_output OUTPUT0",
    ]);
  });

  test("row 57: has no buffer of a tensor without bytes (finding 42)", async () => {
    for (const client of CLIENTS) {
      const lines = await linesOf(() =>
        server.triton[client].infer("identity_fp32", [floats("INPUT0", [], [4, 0])]),
      );
      expect(lines).toContain(
        "\tinput INPUT0: datatype = FP32, shape = [4,0], byte_size = 0, buffer_count = 0",
      );
    }
  });

  test("rows 55, 56: has one line for a batch and one for each of its requests", async () => {
    const input = raw("INPUT0", "UINT32", [2, 2], new Uint8Array(16));
    const lines = await linesOf(() =>
      inferTogether(
        server.triton,
        "identity_uint32",
        ["a", "b", "c", "d"].map((id) => [[input], { id }]),
      ),
    );
    expect(lines[0]).toBe(
      "model identity_uint32, instance identity_uint32_0, executing 4 requests",
    );
    expect(lines.filter((line) => line.startsWith("model "))).toHaveLength(1);
    const requests = lines.filter((line) => line.startsWith("request "));
    const found = requests.map(
      (line) =>
        /^request (\d): id = "(\w)", correlation_id = 0, input_count = 1, requested_output_count = 1$/.exec(
          line,
        )!,
    );
    expect(found.map((match) => match[1])).toEqual(["0", "1", "2", "3"]);
    expect(found.map((match) => match[2]).sort()).toEqual(["a", "b", "c", "d"]);
    expect(lines).toHaveLength(1 + 4 * 3);
  });

  test("rows 56, 57: counts inputs and requested outputs, and has the tensors of the requested ones", async () => {
    const inputs = [
      floats("INPUT0", [1, 2, 3], [1, 3]),
      integers("INPUT1", [1], [1, 1]),
      raw("INPUT2", "INT64", [1, 2], new Uint8Array(16)),
    ];
    const lines = await linesOf(() =>
      server.triton.grpc.infer("pairs", inputs, { outputs: ["OUTPUT2", "OUTPUT1"] }),
    );
    expect(lines.slice(1)).toEqual([
      'request 0: id = "", correlation_id = 0, input_count = 3, requested_output_count = 2',
      "\tinput INPUT1: datatype = INT32, shape = [1,1], byte_size = 4, buffer_count = 1",
      "\trequested_output OUTPUT1",
      "\tinput INPUT2: datatype = INT64, shape = [1,2], byte_size = 16, buffer_count = 1",
      "\trequested_output OUTPUT2",
    ]);
  });

  test("rows 44, 57: has no line for zeros in the place of a missing input", async () => {
    const lines = await linesOf(() =>
      server.triton.grpc.infer("pairs", [integers("INPUT1", [1, 2], [2, 1])]),
    );
    expect(lines.slice(1)).toEqual([
      'request 0: id = "", correlation_id = 0, input_count = 1, requested_output_count = 3',
      "\tinput INPUT1: datatype = INT32, shape = [2,1], byte_size = 8, buffer_count = 1",
      "\trequested_output OUTPUT1",
    ]);
  });

  test("rows 49, 57: has the error, and no line for what comes after it", async () => {
    const inputs = [
      floats("INPUT0", [1], [1, 1]),
      raw("INPUT2", "INT64", [1, 2], new Uint8Array(16)),
    ];
    const lines = await linesOf(() => errorOf(server.triton.http.infer("pairs", inputs)));
    expect(lines.slice(1)).toEqual([
      'request 0: id = "", correlation_id = 0, input_count = 2, requested_output_count = 3',
      "\tinput INPUT0: datatype = FP32, shape = [1,1], byte_size = 4, buffer_count = 1",
      "\trequested_output OUTPUT0",
      "request 0: failed to get input 'INPUT1', error response sent",
    ]);
  });

  test("rows 38, 57: has the shape that the model sees, after the input's reshape", async () => {
    const lines = await linesOf(() =>
      server.triton.http.infer("reshaped", [
        integers("INPUT0", [1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
      ]),
    );
    expect(lines).toContain(
      "\tinput INPUT0: datatype = INT32, shape = [2,4], byte_size = 32, buffer_count = 1",
    );
  });

  test("rows 55, 56, 57: is silent while the server's verbosity is set to 0", async () => {
    const send = () => server.triton.http.infer("identity_fp32", [floats("INPUT0", [1], [1, 1])]);
    await setVerbosity(server, 0);
    expect(await linesOf(send)).toEqual([]);
    await setVerbosity(server, 1);
    expect(await linesOf(send)).toHaveLength(4);
  });
});

describe("the log of a server that is not verbose", () => {
  let server: IdentityServer;

  beforeAll(async () => {
    server = await IdentityServer.start(MODELS);
  });
  afterAll(() => server?.stop());

  test("rows 55, 56, 57: has none of these lines", async () => {
    await runServersOwnTest(server);
    const log = server.triton.log();
    expect(ourLines(log)).toEqual([]);
    expect(log).not.toMatch(/ byte_size = |requested_output|executing \d+ requests/);
  });

  test("rows 55, 56, 57: has only the batch's line when the verbosity is set later, which no backend of this kind is told", async () => {
    await setVerbosity(server, 1);
    await server.triton.grpc.infer("identity_fp32", [floats("INPUT0", [1], [1, 1])]);
    expect(ourLines(server.triton.log())).toEqual([
      "model identity_fp32, instance identity_fp32_0, executing 1 requests",
    ]);
  });
});
