import http from "node:http";
import { exchange } from "./http-exchange.js";
import type { Datatype, Tensor } from "./tensors.js";

export type Parameters = Readonly<Record<string, string | number | boolean>>;

export interface InferOptions {
  /** Names of the wanted outputs; without it, all of the model. */
  readonly outputs?: readonly string[];
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly version?: string;
  /** Closes the connection before the answer has come. Only over HTTP. */
  readonly signal?: AbortSignal;
}

export interface InferAnswer {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string | undefined;
  readonly parameters: Parameters;
  readonly outputs: readonly Tensor[];
}

/** A tensor with its elements as JSON values. */
export interface JsonTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: readonly (string | number | boolean)[];
}

export interface IndexEntry {
  readonly name: string;
  readonly version?: string;
  readonly state?: string;
  readonly reason?: string;
}

/** The server answered with an error; `message` is the server's own text. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    message: string,
    /** The HTTP status, or the gRPC status code. */
    readonly status: number,
  ) {
    super(message);
  }
}

interface TensorHeader {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: number[];
  readonly parameters?: { readonly binary_data_size?: number };
}

interface AnswerHeader {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly outputs?: readonly TensorHeader[];
}

// biome-ignore lint/suspicious/noExplicitAny: free-form documents of the server; tests pick what they need.
type Json = any;

/** KServe v2 over HTTP, with the binary tensor extension. */
export class HttpClient {
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(
    readonly base: string,
    readonly metricsBase: string,
  ) {}

  /** Closes all connections, those in use too. */
  close(): void {
    this.#agent.destroy();
  }

  /** Closes the kept connections over which no request runs. */
  closeIdle(): void {
    for (const socket of Object.values(this.#agent.freeSockets).flat()) socket?.destroy();
  }

  async live(): Promise<boolean> {
    return this.#answersOk(`${this.base}/v2/health/live`);
  }

  async ready(): Promise<boolean> {
    return this.#answersOk(`${this.base}/v2/health/ready`);
  }

  async modelReady(model: string, version?: string): Promise<boolean> {
    return this.#answersOk(`${this.base}${modelPath(model, version)}/ready`);
  }

  async serverMetadata(): Promise<Json> {
    return this.#json("/v2");
  }

  async modelMetadata(model: string, version?: string): Promise<Json> {
    return this.#json(modelPath(model, version));
  }

  async modelConfig(model: string, version?: string): Promise<Json> {
    return this.#json(`${modelPath(model, version)}/config`);
  }

  /** One entry for each version of the model. */
  async modelStatistics(model: string): Promise<Json[]> {
    return (await this.#json(`${modelPath(model)}/stats`)).model_stats;
  }

  async index(): Promise<IndexEntry[]> {
    return this.#json("/v2/repository/index", {});
  }

  /** Throws ServerError with the server's text when the model cannot be loaded. `config` overrides config.pbtxt. */
  async load(model: string, config?: object): Promise<void> {
    const parameters =
      config === undefined ? {} : { parameters: { config: JSON.stringify(config) } };
    await this.#json(`/v2/repository/models/${encodeURIComponent(model)}/load`, parameters);
  }

  /** The text with which the server refuses to load the model; undefined when it loads. */
  async loadError(model: string, config?: object): Promise<string | undefined> {
    return this.load(model, config).then(() => undefined, textOf);
  }

  /** Returns when the server has taken the order; the instances may end a little later. */
  async unload(model: string): Promise<void> {
    await this.#json(`/v2/repository/models/${encodeURIComponent(model)}/unload`, {});
  }

  /** Whether the metrics service answers. */
  async metricsServed(): Promise<boolean> {
    return this.#answersOk(`${this.metricsBase}/metrics`);
  }

  async metrics(): Promise<string> {
    return (await exchange(this.#agent, `${this.metricsBase}/metrics`)).body.toString();
  }

  /** Sends and receives raw bytes. Throws ServerError with the server's text. */
  async infer(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
  ): Promise<InferAnswer> {
    const header = requestHeader(inputs, options);
    const url = `${this.base}${modelPath(model, options.version)}/infer`;
    const { status, headers, body } = await exchange(
      this.#agent,
      url,
      [header, ...inputs.map((input) => input.bytes)],
      { "Inference-Header-Content-Length": String(header.length) },
      options.signal,
    );
    if (status !== 200) throw serverError(status, body.toString());
    const length = headers["inference-header-content-length"];
    return decodeAnswer(body, length === undefined ? body.length : Number(length));
  }

  /** The text of the error with which the server answers; undefined when it succeeds. */
  async inferError(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
  ): Promise<string | undefined> {
    return this.infer(model, inputs, options).then(() => undefined, textOf);
  }

  /** One request with all elements as JSON; the answer is the server's document. */
  async inferJson(
    model: string,
    inputs: readonly JsonTensor[],
  ): Promise<{ outputs: JsonTensor[] }> {
    return this.#json(`${modelPath(model)}/infer`, { inputs });
  }

  /** The generate extension, for inputs of one element each; exactly one response. Throws ServerError with the server's text. */
  async generate(model: string, inputs: Readonly<Record<string, string | number>>): Promise<Json> {
    return this.#json(`${modelPath(model)}/generate`, inputs);
  }

  /**
   * The generate_stream extension.
   * @param signal closes the connection
   * @returns the document of each event, in order
   */
  async generateStream(
    model: string,
    inputs: Readonly<Record<string, string | number | readonly number[]>>,
    signal?: AbortSignal,
  ): Promise<Json[]> {
    const body = [Buffer.from(JSON.stringify(inputs))];
    const url = `${this.base}${modelPath(model)}/generate_stream`;
    const answer = await exchange(this.#agent, url, body, {}, signal);
    const text = answer.body.toString();
    if (answer.status !== 200) throw serverError(answer.status, text);
    const events = text.split("\n\n").filter((event) => event.startsWith("data: "));
    return events.map((event) => JSON.parse(event.slice("data: ".length)));
  }

  async #answersOk(url: string): Promise<boolean> {
    try {
      return (await exchange(this.#agent, url)).status === 200;
    } catch {
      return false;
    }
  }

  /** GET without a body, POST with one. */
  async #json(path: string, body?: object): Promise<Json> {
    const chunks = body === undefined ? undefined : [Buffer.from(JSON.stringify(body))];
    const answer = await exchange(this.#agent, `${this.base}${path}`, chunks);
    const text = answer.body.toString();
    if (answer.status !== 200) throw serverError(answer.status, text);
    return text === "" ? {} : JSON.parse(text);
  }
}

function modelPath(model: string, version?: string): string {
  const path = `/v2/models/${encodeURIComponent(model)}`;
  return version === undefined ? path : `${path}/versions/${version}`;
}

function serverError(status: number, body: string): ServerError {
  try {
    return new ServerError(JSON.parse(body).error, status);
  } catch {
    return new ServerError(body, status);
  }
}

function textOf(error: unknown): string {
  if (error instanceof ServerError) return error.message;
  throw error;
}

function requestHeader(inputs: readonly Tensor[], options: InferOptions): Buffer {
  const { id, outputs, parameters } = options;
  const document = {
    ...(id === undefined ? {} : { id }),
    parameters: { ...parameters, ...(outputs === undefined ? { binary_data_output: true } : {}) },
    inputs: inputs.map(({ name, datatype, shape, bytes }) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: bytes.length },
    })),
    outputs: outputs?.map((name) => ({ name, parameters: { binary_data: true } })),
  };
  return Buffer.from(JSON.stringify(document));
}

function decodeAnswer(body: Buffer, headerLength: number): InferAnswer {
  const header: AnswerHeader = JSON.parse(body.toString("utf8", 0, headerLength));
  let at = headerLength;
  const outputs = (header.outputs ?? []).map(({ name, datatype, shape, parameters }) => {
    const bytes = body.subarray(at, at + (parameters?.binary_data_size ?? 0));
    at += bytes.length;
    return { name, datatype, shape, bytes };
  });
  if (at !== body.length) {
    throw new Error(`The server's answer has ${body.length - at} bytes that belong to no output.`);
  }
  return {
    modelName: header.model_name,
    modelVersion: header.model_version,
    id: header.id,
    parameters: header.parameters ?? {},
    outputs,
  };
}
