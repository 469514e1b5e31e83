import * as grpc from "@grpc/grpc-js";
import protobuf from "protobufjs";
import {
  type InferAnswer,
  type InferOptions,
  type Parameters,
  ServerError,
} from "./http-client.js";
import { KSERVE_PROTO } from "./kserve-proto.js";
import type { Datatype, Tensor } from "./tensors.js";

const SERVICE = "/inference.GRPCInferenceService";
/** -1 = none; grpc-js stops at 4 MiB otherwise. */
const UNLIMITED = -1;

const schema = protobuf.parse(KSERVE_PROTO, { keepCase: true }).root;

// biome-ignore lint/suspicious/noExplicitAny: messages are plain objects with the fields of kserve-proto.ts.
type Message = any;

/** Duration statistics in nanoseconds; counts are safe integers. */
export interface GrpcStatistics {
  readonly name: string;
  readonly version: string;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<string, { count: number; ns: number }>>;
  readonly batch_stats: readonly Message[];
}

/** What came over a stream until it ended. */
export interface StreamEnd {
  readonly answers: InferAnswer[];
  /** The first error. */
  readonly error: ServerError | undefined;
  /** Number of errors that came as responses. */
  readonly errorCount: number;
}

/** KServe v2 over gRPC with raw tensors; no limit on the size of a message but protobuf's own 2 GiB. */
export class GrpcClient {
  readonly #client: grpc.Client;

  constructor(readonly address: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.max_send_message_length": UNLIMITED,
      "grpc.max_receive_message_length": UNLIMITED,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  close(): void {
    this.#client.close();
  }

  async serverReady(): Promise<boolean> {
    return (await this.#call("ServerReady", "Empty", {}, "ReadyResponse")).ready;
  }

  async modelReady(name: string, version = ""): Promise<boolean> {
    const request = { name, version };
    return (await this.#call("ModelReady", "ModelReadyRequest", request, "ReadyResponse")).ready;
  }

  /** Throws ServerError with the server's text when the model cannot be loaded. */
  async load(model: string): Promise<void> {
    const request = { model_name: model };
    await this.#call("RepositoryModelLoad", "RepositoryModelRequest", request, "Empty");
  }

  async unload(model: string): Promise<void> {
    const request = { model_name: model };
    await this.#call("RepositoryModelUnload", "RepositoryModelRequest", request, "Empty");
  }

  /** One entry for each version of the model. */
  async modelStatistics(name: string): Promise<GrpcStatistics[]> {
    const answer = await this.#call(
      "ModelStatistics",
      "ModelStatisticsRequest",
      { name },
      "ModelStatisticsResponse",
    );
    return answer.model_stats;
  }

  /** Throws ServerError with the server's text. */
  async infer(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
  ): Promise<InferAnswer> {
    const request = inferRequest(model, inputs, options);
    return inferAnswer(
      await this.#call("ModelInfer", "ModelInferRequest", request, "ModelInferResponse"),
    );
  }

  /** As `infer`, but `cancel` breaks the call off: the answer then rejects with the status 1, CANCELLED. */
  startInfer(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
  ): { readonly answer: Promise<InferAnswer>; readonly cancel: () => void } {
    const abort = new AbortController();
    const request = inferRequest(model, inputs, options);
    const message = this.#call(
      "ModelInfer",
      "ModelInferRequest",
      request,
      "ModelInferResponse",
      abort.signal,
    );
    return { answer: message.then(inferAnswer), cancel: () => abort.abort() };
  }

  /** One request on a stream of its own, and all answers to it: decoupled models send any number of them. */
  async inferStream(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
  ): Promise<InferAnswer[]> {
    const { answers, error } = await this.stream(model, inputs, options).end;
    if (error !== undefined) throw error;
    return answers;
  }

  /**
   * As `inferStream`, with all that came before an error. `cancel` breaks the stream off.
   * @param onAnswer called with each answer
   */
  stream(
    model: string,
    inputs: readonly Tensor[],
    options: InferOptions = {},
    onAnswer: (answer: InferAnswer) => void = () => {},
  ): { readonly end: Promise<StreamEnd>; readonly cancel: () => void } {
    const stream = this.#client.makeBidiStreamRequest(
      `${SERVICE}/ModelStreamInfer`,
      encoder("ModelInferRequest"),
      decoder("ModelStreamInferResponse"),
    );
    const end = new Promise<StreamEnd>((resolve) => {
      const answers: InferAnswer[] = [];
      let error: ServerError | undefined;
      let errorCount = 0;
      stream.on("data", (message: Message) => {
        if (message.error_message) {
          error ??= new ServerError(message.error_message, 0);
          errorCount += 1;
          return;
        }
        answers.push(inferAnswer(message.infer_response));
        onAnswer(answers.at(-1)!);
      });
      stream.once("error", (cause: grpc.ServiceError) =>
        resolve({ answers, error: serverError(cause), errorCount }),
      );
      stream.once("end", () => resolve({ answers, error, errorCount }));
    });
    stream.write(inferRequest(model, inputs, options));
    stream.end();
    return { end, cancel: () => stream.cancel() };
  }

  #call(
    method: string,
    input: string,
    request: Message,
    output: string,
    signal?: AbortSignal,
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        `${SERVICE}/${method}`,
        encoder(input),
        decoder(output),
        request,
        (error, answer) => (error === null ? resolve(answer) : reject(serverError(error))),
      );
      signal?.addEventListener("abort", () => call.cancel(), { once: true });
    });
  }
}

function serverError(error: grpc.ServiceError): ServerError {
  return new ServerError(error.details, error.code);
}

function encoder(type: string): (message: Message) => Buffer {
  const codec = schema.lookupType(`inference.${type}`);
  return (message) => codec.encode(message).finish() as Buffer;
}

function decoder(type: string): (bytes: Buffer) => Message {
  const codec = schema.lookupType(`inference.${type}`);
  // Fields that were not sent get their default value, 64-bit numbers become plain ones.
  return (bytes) =>
    codec.toObject(codec.decode(bytes), { longs: Number, defaults: true, oneofs: true });
}

function inferRequest(model: string, inputs: readonly Tensor[], options: InferOptions): Message {
  return {
    model_name: model,
    model_version: options.version ?? "",
    id: options.id ?? "",
    parameters: encodeParameters(options.parameters ?? {}),
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    outputs: (options.outputs ?? []).map((name) => ({ name })),
    raw_input_contents: inputs.map((input) => input.bytes),
  };
}

function inferAnswer(message: Message): InferAnswer {
  const outputs = message.outputs.map((header: Message, index: number) => ({
    name: header.name as string,
    datatype: header.datatype as Datatype,
    shape: header.shape as number[],
    bytes: message.raw_output_contents[index] as Uint8Array,
  }));
  return {
    modelName: message.model_name,
    modelVersion: message.model_version,
    id: message.id === "" ? undefined : message.id,
    parameters: decodeParameters(message.parameters),
    outputs,
  };
}

function encodeParameters(parameters: Parameters): Message {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => {
      if (typeof value === "boolean") return [key, { bool_param: value }];
      if (typeof value === "string") return [key, { string_param: value }];
      return [key, Number.isInteger(value) ? { int64_param: value } : { double_param: value }];
    }),
  );
}

function decodeParameters(parameters: Message): Parameters {
  return Object.fromEntries(
    Object.entries(parameters as Record<string, Message>).map(([key, choice]) => [
      key,
      choice[choice.parameter_choice],
    ]),
  );
}
