import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Parameters } from "../../support/triton/http-client.js";
import { Instance } from "../../support/triton/instance.js";
import type { TritonServer } from "../../support/triton/server.js";
import { decodeBytes, floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { ACTION, HASTY, HASTY_MS, SENT } from "./request-models.js";

/** What a called model sees of its request. */
interface Seen {
  readonly parameters: Parameters;
  readonly id: string;
  readonly correlationId: string;
  readonly isText: boolean;
  readonly flags: number;
  readonly hasTimeout: boolean;
}

function seenIn(bytes: Uint8Array): Seen {
  const [element] = decodeBytes(bytes);
  const [parameters = "", id = "", correlationId = "", isText, flags, hasTimeout] = Buffer.from(
    element!,
  )
    .toString()
    .split("\n");
  return {
    parameters: JSON.parse(parameters || "{}"),
    id,
    correlationId,
    isText: isText === "1",
    flags: Number(flags),
    hasTimeout: hasTimeout === "1",
  };
}

const input = (action: keyof typeof ACTION) => [
  floats("INPUT0", Array(ACTION[action]).fill(1) as number[]),
];

async function seenBy(server: TritonServer, action: keyof typeof ACTION): Promise<Seen> {
  const { outputs } = await server.http.infer("asks", input(action));
  return seenIn(outputs[0]!.bytes);
}

/** What a model in Python sees beside the parameters of a call. */
const DEPTH = { triton_wasm_call_depth: 1 };
const EVERYTHING: Seen = {
  parameters: SENT.parameters,
  id: SENT.id,
  correlationId: SENT.correlationId,
  isText: false,
  flags: 1,
  hasTimeout: true,
};
const NOTHING: Seen = {
  parameters: {},
  id: "",
  correlationId: "0",
  isText: false,
  flags: 0,
  hasTimeout: false,
};
const errorOf = (server: TritonServer, action: keyof typeof ACTION, model = "asks") =>
  server.http.inferError(model, input(action));

/** A second request for the model `queued`, with which it executes those that wait. */
async function emptyQueue(server: TritonServer): Promise<void> {
  await server.http.infer("queued", [floats("INPUT0", [1], [1, 1])]);
}

interface Trace {
  readonly id: number;
  readonly parent_id?: number;
  readonly model_name?: string;
}

/** The traces that the server has written, into a file for each. The entries without a model are the times of a trace. */
function tracesIn(file: string): Trace[] {
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.`))
    .flatMap((name) => {
      try {
        return JSON.parse(readFileSync(join(dirname(file), name), "utf8")) as Trace[];
      } catch {
        // The server is writing it.
        return [];
      }
    })
    .filter(({ model_name }) => model_name !== undefined)
    .sort((one, other) => one.id - other.id);
}

/**
 * Tests of what a call says about itself, and of the time that it takes.
 * @param server with the models of addRequestModels
 * @param traces file into which the server writes traces
 */
export function requestChecks(server: () => TritonServer, traces: string): void {
  test("parameters, id, correlation id, flags and time-out of a call reach the called model", async () => {
    expect(await seenBy(server(), "wasm")).toEqual(EVERYTHING);
    const parameters = { ...SENT.parameters, ...DEPTH };
    expect(await seenBy(server(), "python")).toEqual({ ...EVERYTHING, parameters });
    expect(await seenBy(server(), "ensemble")).toEqual({ ...EVERYTHING, parameters });
  });

  test("a call that says nothing about itself looks to a model in WebAssembly as a client's request does", async () => {
    expect(await seenBy(server(), "plain")).toEqual(NOTHING);
    const { outputs } = await server().http.infer("seen", input("wasm"));
    const [called] = (await server().http.infer("asks", input("plain"))).outputs;
    expect(Buffer.from(called!.bytes)).toEqual(Buffer.from(outputs[0]!.bytes));
  });

  test("a called sequence model gets the calls of a sequence by their correlation id", async () => {
    const sequence = await seenBy(server(), "sequence");
    expect(sequence).toEqual({ ...NOTHING, correlationId: "6", flags: 1 });
    expect(await errorOf(server(), "notStarted")).toMatch(
      /sequence 5 to model 'sequence' must specify the START flag/,
    );
  });

  test("a correlation id that is a text reaches the called model, from 24.04 on", async () => {
    if ((await server().http.serverMetadata()).version === "2.41.0") {
      expect(await errorOf(server(), "textSequence")).toMatch(/24\.04 and later have them/);
      return;
    }
    const wanted = { ...NOTHING, correlationId: "a text", isText: true, flags: 3 };
    expect(await seenBy(server(), "textSequence")).toEqual(wanted);
  });

  test("a call that waits in a queue longer than its own time-out gets the error of the queue", async () => {
    expect(await errorOf(server(), "timeout")).toMatch(/Request timeout expired/i);
  });

  test("call_wait and call_wait_any return after the time that the guest gives them", async () => {
    expect(await errorOf(server(), "shortWait")).toBe("said by the guest");
    await emptyQueue(server());
  });

  test("a call that takes longer than wasm_call_deadline_ms ends with an error, and leaves nothing behind", async () => {
    const instance = new Instance(server(), HASTY);
    const round = async () => {
      expect(await errorOf(server(), "longWait", HASTY)).toBe(
        `the call of model 'queued' was given up: while it executes a batch, a model may wait ${HASTY_MS} ms for other models (model parameter wasm_call_deadline_ms)`,
      );
      await emptyQueue(server());
    };
    await round();
    const before = await instance.settledBytes();
    await round();
    await round();
    expect(await instance.settledBytes()).toBe(before);
  });

  test.each([
    ["itself", 1],
    ["itself through an ensemble", 2],
  ])("a model that calls %s, and does not wait, ends after 16 calls", async (_whom, floatCount) => {
    const from = server().log().length;
    const [first] = await server().http.modelStatistics("descends");
    await server().http.infer("descends", [floats("INPUT0", Array(floatCount).fill(1))]);
    await server().waitForLog(/model 'descends' cannot be called: 16 calls have led to/, from);
    await until("17 executions in the statistics", async () => {
      const [now] = await server().http.modelStatistics("descends");
      return Number(now.execution_count) === Number(first.execution_count) + 17;
    });
  });

  test("no client can say how many calls have led to its request", async () => {
    const { http, grpc } = server();
    const options = { parameters: { triton_wasm_call_depth: 99 } };
    expect(await http.inferError("asks", input("plain"), options)).toMatch(/reserved/);
    await expect(grpc.infer("asks", input("plain"), options)).rejects.toThrow(/reserved/);
  });

  test("a call is a part of the trace of the request that it names", async () => {
    await seenBy(server(), "wasm");
    await until("the trace of the call", () => {
      const all = tracesIn(traces);
      const caller = all.findLast(({ model_name }) => model_name === "asks");
      return all.some(
        ({ model_name, parent_id }) => model_name === "seen" && parent_id === caller?.id,
      );
    });
  });
}
