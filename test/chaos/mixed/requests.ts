import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../support/random.js";
import { ServerError } from "../../support/triton/http-client.js";
import type { TritonServer } from "../../support/triton/server.js";
import type { Tensor } from "../../support/triton/tensors.js";
import { any, isSame, RELOADING, shown, TOO_MANY } from "./answers.js";
import type { Tally } from "./tally.js";

/** Largest whole number of a 32-bit float. */
const FLOATS_EXACT = 2 ** 24;

/** What all requests of a client have in common. */
export class Requests {
  protected readonly random: Random;
  private turn = 0;

  constructor(
    protected readonly server: TritonServer,
    protected readonly tally: Tally,
    private readonly number: number,
    seed: number,
    private readonly others: RegExp,
  ) {
    this.random = new Random(seed + number);
  }

  /** Numbers that no other request of the load has. */
  protected get unique(): number[] {
    this.turn = (this.turn + 1) % FLOATS_EXACT;
    return [this.number, this.turn];
  }

  /** A request whose client leaves within this time. */
  protected async leave(
    kind: string,
    request: (signal: AbortSignal) => Promise<unknown>,
    withinMs = 60,
  ): Promise<void> {
    const abort = new AbortController();
    const afterMs = this.random.below(withinMs);
    await this.tally.request(kind, async () => {
      const answer = request(abort.signal).then(
        () => "right",
        (error) => {
          if (abort.signal.aborted) return "expected error";
          return this.judge(error, any(TOO_MANY, RELOADING));
        },
      );
      void sleep(afterMs).then(() => abort.abort());
      return answer;
    });
  }

  /** A gRPC stream whose responses have these bytes. */
  protected async streamOf(
    kind: string,
    model: string,
    input: Tensor,
    responses: readonly Uint8Array[],
    expected: RegExp,
  ): Promise<void> {
    await this.tally.request(kind, async () => {
      const { answers, error, errorCount } = await this.server.grpc.stream(model, [input]).end;
      if (errorCount > 1) return `${errorCount} errors`;
      const came = answers.flatMap(({ outputs }) => outputs.map(({ bytes }) => bytes));
      const isRight = came.every((bytes, index) => isSame(bytes, responses[index]));
      if (!isRight) return `the responses ${shown(came)} in place of ${shown(responses)}`;
      if (error !== undefined) return this.judge(error, expected);
      if (came.length === responses.length) return "right";
      return `${came.length} responses in place of ${responses.length}`;
    });
  }

  protected judge(error: unknown, expected: RegExp): string {
    const { message } = error as Error;
    if (!(error instanceof ServerError)) return `without an answer: ${message}`;
    return expected.test(message) || this.others.test(message) ? "expected error" : message;
  }
}
