import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "@jest/globals";
import type { InferAnswer, InferOptions } from "../../support/triton/http-client.js";
import { exchange, type HttpAnswer } from "../../support/triton/http-exchange.js";
import { ModelRepository } from "../../support/triton/repository.js";
import { TritonServer, type TritonServerOptions } from "../../support/triton/server.js";
import { type Datatype, encodeBytes, type Tensor } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKENDS } from "../../support/wasm/guests.js";

/** Both ways to ask a server: `server[client].infer(…)`. */
export const CLIENTS = ["http", "grpc"] as const;

/** Flushes a batch when it has `size` items, far sooner than by its delay. */
export function batchesOf(size: number, more = ""): string {
  return `dynamic_batching { preferred_batch_size: [${size}] max_queue_delay_microseconds: 30000000 ${more} }`;
}

/** A server with models of the identity backend, all loaded when it has started. */
export class IdentityServer {
  private constructor(
    readonly triton: TritonServer,
    private readonly repository: ModelRepository,
  ) {}

  /** @param configs text of the config.pbtxt by model name */
  static async start(
    configs: Readonly<Record<string, string>>,
    options: Partial<TritonServerOptions> = {},
  ): Promise<IdentityServer> {
    const repository = new ModelRepository();
    for (const [name, config] of Object.entries(configs)) repository.add(name, config);
    try {
      const triton = await TritonServer.start({
        modelRepository: repository.folder,
        mode: "none",
        backends: IDENTITY_BACKENDS,
        ...options,
      });
      return new IdentityServer(triton, repository);
    } catch (error) {
      repository.remove();
      throw error;
    }
  }

  /** Folder of the model repository. */
  get models(): string {
    return this.repository.folder;
  }

  async stop(): Promise<void> {
    await this.triton.stop();
    this.repository.remove();
  }
}

/** A tensor of 32-bit integers. */
export function integers(name: string, values: readonly number[], shape = [values.length]): Tensor {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return { name, datatype: "INT32", shape, bytes };
}

/** A tensor of raw bytes: what a datatype's elements mean is nobody's business here. */
export function raw(name: string, datatype: Datatype, shape: number[], bytes: Uint8Array): Tensor {
  return { name, datatype, shape, bytes };
}

/** A BYTES tensor. */
export function strings(name: string, values: readonly string[], shape = [values.length]): Tensor {
  return { name, datatype: "BYTES", shape, bytes: encodeBytes(values) };
}

/** What OUTPUT<k> has to be for an INPUT<k>. */
export function outputOf(input: Tensor): Tensor {
  return { ...input, name: input.name.replace("INPUT", "OUTPUT") };
}

/** The tensor of zero bytes that stands in for a missing optional input. */
export function zeros(name: string, datatype: Datatype, shape: number[], byteSize: number): Tensor {
  return { name, datatype, shape, bytes: new Uint8Array(byteSize) };
}

/** Exactly these outputs, in this order. */
export function expectOutputs(answer: InferAnswer, outputs: readonly Tensor[]): void {
  expect(answer.outputs.map(readable)).toEqual(outputs.map(readable));
}

function readable({ name, datatype, shape, bytes }: Tensor): object {
  return { name, datatype, shape, bytes: Buffer.from(bytes).toString("hex") };
}

/** The text of the error, or undefined for an answer. */
export function errorOf(request: Promise<InferAnswer>): Promise<string | undefined> {
  return request.then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** Waits until the probe gives the expected value, and fails with the last one that it gave. */
export async function eventually<T>(probe: () => Promise<T>, expected: T): Promise<void> {
  let last: T | undefined;
  await until("the expected value", async () => {
    last = await probe();
    return isDeepStrictEqual(last, expected);
  }).catch(() => {});
  expect(last).toEqual(expected);
}

/** What the server has counted of a model. */
export interface Counts {
  readonly success: number;
  readonly failure: number;
  readonly inferences: number;
  readonly executions: number;
  /** Executions by the size of their batch. */
  readonly batches: Readonly<Record<number, number>>;
}

/** From the model's statistics. */
export async function countsOf(server: TritonServer, model: string): Promise<Counts> {
  const statistics = (await server.grpc.modelStatistics(model))[0]!;
  const batches = statistics.batch_stats.map(({ batch_size, compute_infer }) => [
    batch_size,
    compute_infer.count,
  ]);
  return {
    success: statistics.inference_stats.success?.count ?? 0,
    failure: statistics.inference_stats.fail?.count ?? 0,
    inferences: statistics.inference_count,
    executions: statistics.execution_count,
    batches: Object.fromEntries(batches),
  };
}

/** Waits for these counts of the model, all of them exactly. */
export function expectCounts(server: TritonServer, model: string, counts: Counts): Promise<void> {
  return eventually(() => countsOf(server, model), counts);
}

/** The lines of a metric, one per model, each with its labels and value; not its HELP and TYPE. */
export async function metricLines(server: TritonServer, name: string): Promise<string[]> {
  const lines = (await server.http.metrics()).split("\n");
  return lines.filter((line) => line.startsWith(`${name}{`));
}

/** Value of a metric for version 1 of a model; undefined when there is none. */
export async function metricOf(
  server: TritonServer,
  name: string,
  model: string,
): Promise<number | undefined> {
  const start = `${name}{model="${model}",version="1"} `;
  const line = (await metricLines(server, name)).find((candidate) => candidate.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(start.length));
}

export const INPUT_BYTES = "input_byte_size_counter";

/** Waits until the model's counter of input bytes has this value; undefined = until it is gone. */
export function expectInputBytes(
  server: TritonServer,
  model: string,
  value: number | undefined,
): Promise<void> {
  return eventually(() => metricOf(server, INPUT_BYTES, model), value);
}

/** Sends requests at once, each over HTTP or gRPC in turn, and returns the answers in the order of the requests. */
export function inferTogether(
  server: TritonServer,
  model: string,
  requests: readonly (readonly [readonly Tensor[], InferOptions?])[],
): Promise<InferAnswer[]> {
  return Promise.all(
    requests.map(([inputs, options], index) =>
      server[CLIENTS[index % 2]!].infer(model, inputs, options),
    ),
  );
}

/** A document to any of the server's addresses, for what the clients of the harness do not speak. */
export async function postJson(
  server: TritonServer,
  path: string,
  document: object,
): Promise<HttpAnswer> {
  const agent = new http.Agent();
  const body = [Buffer.from(JSON.stringify(document))];
  try {
    return await exchange(agent, `${server.http.base}${path}`, body);
  } finally {
    agent.destroy();
  }
}

/** Memory that a client shares with the server, for tensors that travel by no socket. */
export class SharedMemory {
  private readonly key = `twb_client_${process.pid}_${randomBytes(4).toString("hex")}`;
  readonly file = join("/dev/shm", this.key);

  constructor(content: Uint8Array) {
    writeFileSync(this.file, content);
  }

  /** Tells the server of it, under the name `region`. */
  async register(server: TritonServer, region: string, byteSize: number): Promise<void> {
    const path = `/v2/systemsharedmemory/region/${region}/register`;
    const answer = await postJson(server, path, {
      key: `/${this.key}`,
      offset: 0,
      byte_size: byteSize,
    });
    expect([answer.status, answer.body.toString()]).toEqual([200, ""]);
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}

/** A request of four FP32 whose output finds no room in the client's memory: the server answers with an error. */
export async function expectNoRoom(server: TritonServer, model: string): Promise<void> {
  const memory = new SharedMemory(new Uint8Array(4096));
  const shared = (byteSize: number) => ({
    shared_memory_region: `small_${model}`,
    shared_memory_byte_size: byteSize,
  });
  try {
    await memory.register(server, `small_${model}`, 4096);
    const answer = await postJson(server, `/v2/models/${model}/infer`, {
      inputs: [{ name: "INPUT0", datatype: "FP32", shape: [4], parameters: shared(16) }],
      outputs: [{ name: "OUTPUT0", parameters: shared(8) }],
    });
    expect(answer.body.toString()).toContain("should be at least 16 bytes");
    expect(answer.status).toBe(400);
  } finally {
    memory.remove();
  }
}
