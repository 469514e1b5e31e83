import { broadcastCondition } from "../../../host/libc/condition.js";
import { lockMutex, unlockMutex } from "../../../host/libc/mutex.js";
import { addressOf, type Handle } from "../../../host/numbers.js";
import { Dialect } from "../../../host/wire/dialect.js";
import type { ExchangePlaces } from "../../../host/wire/exchange.js";
import { type Child, startChild } from "../child.js";
import { HANG_MS } from "../wait.js";
import { ParentRegion, type ParentRegionOptions } from "./parent-region.js";
import { type ReadResponse, ResponseReader } from "./response-reader.js";
import { ServerSide, type WrittenRequest } from "./server-side.js";

/** An executor that does not start gives no answer: each test of it then waits so long. */
const ANSWER_MAX_MS = 30_000;
const MONITOR = new URL("side-monitor.mjs", import.meta.url);
const CONFIG = JSON.stringify({
  name: "model",
  max_batch_size: 0,
  input: [{ name: "INPUT0", data_type: "TYPE_FP32", dims: [-1] }],
  output: [{ name: "OUTPUT0", data_type: "TYPE_FP32", dims: [-1] }],
  parameters: { FORCE_CPU_ONLY_INPUT_TENSORS: { string_value: "no" } },
});

/** What the server has got as an answer. */
export interface Answer {
  readonly command: string;
  readonly message: Handle;
  readonly args: Handle;
  /** Responses that came before it as messages of their own. */
  readonly sent: readonly ReadResponse[];
}

/** A server without its clients: commands, tokens and answers of one model instance, and a process that is its side monitor. */
export class ExecutorServer {
  readonly parent: ParentRegion;
  readonly dialect: Dialect;
  readonly read: ResponseReader;
  private readonly side: ServerSide;
  private monitor: Child | undefined;

  constructor(
    readonly release: string,
    options: ParentRegionOptions = {},
  ) {
    this.parent = new ParentRegion({ ...options, release });
    this.dialect = new Dialect(release);
    this.side = new ServerSide(this.parent);
    this.read = new ResponseReader(this.parent.region, release);
  }

  /** Lets a process answer what the stub asks for beside the commands. */
  async monitorSide(): Promise<Child> {
    const { parent, release } = this;
    this.monitor = startChild(MONITOR, parent.name, release, parent.controlHandle);
    await this.monitor.line();
    return this.monitor;
  }

  initialize(change: Readonly<Record<string, string>> = {}): void {
    const args = {
      model_config: CONFIG,
      model_instance_kind: "CPU",
      model_instance_name: "model_0",
      model_instance_device_id: "0",
      model_repository: "/models/model",
      model_version: "1",
      model_name: "model",
      ...change,
    };
    this.push("InitializeRequest", this.side.map(Object.entries(args)));
  }

  autoComplete(): string {
    this.push("AutoCompleteRequest", this.side.string(CONFIG));
    return CONFIG;
  }

  /** @param floats of the one input of each request */
  execute(requests: readonly (readonly number[])[], change: Partial<WrittenRequest> = {}): void {
    const written = requests.map((values, index) =>
      this.side.request({
        inputs: [
          {
            name: "INPUT0",
            datatype: 11,
            shape: [BigInt(values.length)],
            data: new Uint8Array(Float32Array.from(values).buffer),
          },
        ],
        outputs: ["OUTPUT0"],
        ...(this.release < "24.06" ? {} : { responseFactory: BigInt(0x7f00_0000_0000 + index) }),
        ...change,
      }),
    );
    this.push("ExecuteRequest", this.side.batch(written));
  }

  finalize(): void {
    this.push("FinalizeRequest", this.parent.construct(16));
  }

  /** A message whose command no server of the release sends to this queue. */
  push(command: string, args: number): void {
    this.pushHandle(this.side.message(command, args));
  }

  pushHandle(handle: number): void {
    this.parent.queue("stub_message_queue").push(handle, HANG_MS);
  }

  /** The server has read the answer and lets it go. */
  token(): void {
    this.pushHandle(0);
  }

  /** Whether an answer waits to be read. */
  hasAnswer(): boolean {
    const queue = this.parent.queue("parent_message_queue");
    const handle = queue.pop(0);
    if (handle < 0) return false;
    throw new Error(`there is an answer: ${this.nameOf(handle)}`);
  }

  /** Waits for the answer to the command, and serves the responses before it. */
  answer(): Answer {
    const queue = this.parent.queue("parent_message_queue");
    const sent: ReadResponse[] = [];
    for (;;) {
      const handle = queue.pop(ANSWER_MAX_MS);
      if (handle < 0) throw new Error("there is no answer");
      const { args } = this.dialect.message.decode(this.parent.reader, handle);
      const command = this.nameOf(handle);
      if (command !== "ResponseSend") {
        return { command, message: handle as Handle, args: args as Handle, sent };
      }
      const { response } = this.dialect.responseSend.decode(this.parent.reader, args);
      sent.push(this.read.response(response));
      this.complete(this.dialect.responseSend.fields.of(args as Handle));
    }
  }

  /** The server's part of an exchange, up to the stub's acknowledgement. */
  private complete({ mutexAt, conditionAt, flagAt }: ExchangePlaces): void {
    const { base, view } = this.parent.region;
    const mutex = addressOf(base, mutexAt);
    lockMutex(mutex, "the mutex of a response");
    view.setUint8(flagAt, 1);
    unlockMutex(mutex, "the mutex of a response");
    broadcastCondition(addressOf(base, conditionAt));
    const end = performance.now() + HANG_MS;
    while (view.getUint8(flagAt) !== 0) {
      if (performance.now() > end) throw new Error("the stub does not acknowledge a response");
    }
  }

  private nameOf(handle: number): string {
    const { command } = this.dialect.message.decode(this.parent.reader, handle);
    const { commands } = this.parent.layout;
    return Object.keys(commands).find((name) => commands[name] === command) ?? String(command);
  }
}
