import { ServerError } from "../../support/triton/http-client.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats, sameTensor, type Tensor } from "../../support/triton/tensors.js";
import { MODE } from "../../triton/streams/stream-guest.js";
import { any, copies, elementsOf, FAILING, NEVER, nameOf, RELOADING, TOO_MANY } from "./answers.js";
import { CALL_MODE, RELAY_MODE, SLOW_MS } from "./models.js";
import { Requests } from "./requests.js";
import type { Tally } from "./tally.js";

/** Sends a request of one kind, and checks what comes back. */
type Kind = () => Promise<void>;

/** One client: sends one request after the other, each with numbers of its own, and checks what comes back. */
export class Client extends Requests {
  private readonly kinds: readonly Kind[];
  private readonly failingCalls: readonly Kind[] = [
    CALL_MODE.trap,
    CALL_MODE.endless,
    CALL_MODE.trapInStream,
  ].map((mode) => () => this.failingCall(mode));
  private readonly failingStreams: readonly Kind[] = (
    ["trapInPoll", "endlessInPoll", "trap", "polls", "error"] as const
  ).map((mode) => () => this.failingStream(mode));

  /**
   * @param others errors that are right for every request, as those of an executor that was killed
   */
  constructor(server: TritonServer, tally: Tally, number: number, seed: number, others = NEVER) {
    super(server, tally, number, seed, others);
    const { forward, python, several, impatient, leaves, error, stream, streamBegin } = CALL_MODE;
    this.kinds = [
      () => this.call("calls", forward),
      () => this.call("calls", python),
      () => this.call("calls", several),
      () => this.call("calls", impatient),
      () => this.call("calls", leaves),
      () => this.call("calls", error),
      () => this.call("calls", stream),
      () => this.call("calls", streamBegin),
      () => this.call("nested", forward),
      () => this.random.pick(this.failingCalls)(),
      () => this.disconnect(),
      () => this.cancelCall(),
      () => this.stream("stream", "polls"),
      () => this.stream("stream", "lastResponse"),
      () => this.stream("stream", "keptAndFinished"),
      () => this.stream("reloaded", "polls"),
      () => this.stream("reloaded", "lastResponse"),
      () => this.random.pick(this.failingStreams)(),
      () => this.relay("relay", RELAY_MODE.python),
      () => this.relay("relay", RELAY_MODE.wasm),
      () => this.relay("relay", RELAY_MODE.leaves),
      () => this.relay("failing_relay", this.random.pick([RELAY_MODE.trap, RELAY_MODE.python])),
      () => this.polling(),
      () => this.cancelStream(),
      () => this.disconnectStream(),
      () => this.generateStream(),
    ];
  }

  /** Sends requests until `isOver` is true. */
  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.random.pick(this.kinds)();
  }

  /** Sends one request of each kind, and of each kind of failure. */
  async once(): Promise<void> {
    for (const kind of [...this.kinds, ...this.failingCalls, ...this.failingStreams]) await kind();
  }

  private async call(model: string, mode: number): Promise<void> {
    const input = floats("INPUT0", [mode, ...this.unique]);
    const refuses = mode === CALL_MODE.error;
    await this.tally.request(`${model} ${nameOf(CALL_MODE, mode)}`, async () => {
      try {
        const { outputs } = await this.server.http.infer(model, [input]);
        if (refuses) return `an answer in place of an error`;
        return sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" }) ? "right" : "other bytes";
      } catch (error) {
        return this.judge(
          error,
          refuses ? any(/said by the guest/, RELOADING, TOO_MANY) : TOO_MANY,
        );
      }
    });
  }

  private async failingCall(mode: number): Promise<void> {
    const input = floats("INPUT0", [mode, ...this.unique]);
    await this.tally.request(`failing_calls ${nameOf(CALL_MODE, mode)}`, async () => {
      try {
        await this.server.http.infer("failing_calls", [input]);
        return "an answer in place of an error";
      } catch (error) {
        return this.judge(error, any(FAILING, TOO_MANY));
      }
    });
  }

  /** An HTTP client that closes its connection. */
  private async disconnect(): Promise<void> {
    const mode = this.random.pick([CALL_MODE.several, CALL_MODE.stream, CALL_MODE.forward]);
    const input = floats("INPUT0", [mode, ...this.unique]);
    await this.leave("disconnects", (signal) =>
      this.server.http.infer("calls", [input], { signal }),
    );
  }

  /**
   * A gRPC client that cancels its call long before the answer: a server of 24.08 sometimes keeps a request for ever that is cancelled while
   * its answer goes out (docs/operations.md).
   */
  private async cancelCall(): Promise<void> {
    const input = floats("INPUT0", [CALL_MODE.several, ...this.unique]);
    const call = this.server.grpc.startInfer("calls", [input]);
    const cancelled = (signal: AbortSignal) => {
      signal.addEventListener("abort", call.cancel, { once: true });
      return call.answer;
    };
    await this.leave("cancels", cancelled, SLOW_MS / 2);
  }

  private async stream(model: string, mode: keyof typeof MODE): Promise<void> {
    const count = 1 + this.random.below(20);
    const input = floats("INPUT0", [count, MODE[mode], this.random.below(3), ...this.unique]);
    const expected = model === "reloaded" ? RELOADING : NEVER;
    await this.streamOf(`${model} ${mode}`, model, input, copies(input, count), expected);
  }

  private async failingStream(mode: keyof typeof MODE): Promise<void> {
    const count = 2 + this.random.below(10);
    const input = floats("INPUT0", [count, MODE[mode], 1, ...this.unique]);
    const expected = any(/said by the guest/, FAILING);
    const responses = copies(input, count);
    await this.streamOf(`failing_stream ${mode}`, "failing_stream", input, responses, expected);
  }

  private async relay(model: string, mode: number): Promise<void> {
    const count = 1 + this.random.below(8);
    const streamMode = this.random.pick([MODE.polls, MODE.lastResponse]);
    const input = floats("INPUT0", [count, streamMode, 1, mode, ...this.unique]);
    const passed = mode === RELAY_MODE.wasm ? copies(input, count) : elementsOf(input);
    if (mode === RELAY_MODE.leaves) passed.length = 2;
    const expected = mode === RELAY_MODE.wasm ? RELOADING : model === "relay" ? NEVER : FAILING;
    const name = `${model} ${nameOf(RELAY_MODE, mode)}`;
    await this.streamOf(name, model, input, [...passed, input.bytes], any(expected, TOO_MANY));
  }

  private async polling(): Promise<void> {
    const count = 1 + this.random.below(10);
    const input = floats("INPUT0", [count, ...this.unique]);
    await this.streamOf("polling", "polling", input, copies(input, count), NEVER);
  }

  /** A gRPC client that cancels its stream in the middle. */
  private async cancelStream(): Promise<void> {
    const [model, input] = this.longStream();
    const answers = 1 + this.random.below(5);
    let came = 0;
    await this.tally.request(`${model}, cancelled`, async () => {
      const stream = this.server.grpc.stream(model, [input], {}, () => {
        came += 1;
        if (came === answers) stream.cancel();
      });
      const { error } = await stream.end;
      return error === undefined ? "right" : this.judge(error, any(/cancel/i, RELOADING));
    });
  }

  /** An HTTP client that closes its connection in the middle of a stream. */
  private async disconnectStream(): Promise<void> {
    const INPUT0 = this.oneNumber(30 + this.random.below(30));
    await this.leave("polling, disconnects", (signal) =>
      this.server.http.generateStream("polling", { INPUT0 }, signal),
    );
  }

  private async generateStream(): Promise<void> {
    const count = 1 + this.random.below(10);
    const INPUT0 = this.oneNumber(count);
    await this.tally.request("polling, generate_stream", async () => {
      try {
        const events = await this.server.http.generateStream("polling", { INPUT0 });
        const failed = events.find(({ error }) => error !== undefined);
        if (failed !== undefined) return this.judge(new ServerError(failed.error, 0), NEVER);
        const right = events.filter(({ OUTPUT0 }) => Math.fround(OUTPUT0) === INPUT0);
        return right.length === count && events.length === count
          ? "right"
          : `${right.length} right responses of ${events.length} in place of ${count}`;
      } catch (error) {
        return this.judge(error, NEVER);
      }
    });
  }

  /** `count`, and a fraction that tells requests apart: an input of 23.12's generate_stream has one element. */
  private oneNumber(count: number): number {
    const [client, turn] = this.unique;
    return Math.fround(count + ((client! * 1_000 + (turn! % 1_000)) % 8_000) / 8_192);
  }

  private longStream(): [model: string, input: Tensor] {
    const count = 30 + this.random.below(30);
    const head = [count, MODE.polls, 1];
    switch (this.random.below(3)) {
      case 0:
        return ["stream", floats("INPUT0", [...head, ...this.unique])];
      case 1:
        return ["relay", floats("INPUT0", [...head, RELAY_MODE.wasm, ...this.unique])];
      default:
        return ["polling", floats("INPUT0", [count, ...this.unique])];
    }
  }
}
