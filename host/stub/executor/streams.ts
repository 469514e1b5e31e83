import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import { QUEUE_WAIT_MS } from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import type { Guest } from "../../sandbox/guest-host.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { CommandAnswers } from "../answers/command-answers.js";
import type { Batch } from "../batch/batch.js";
import { streamOverdue } from "../batch/errors.js";
import type { Calls } from "../calls/calls.js";
import type { Metrics } from "../metrics/metrics.js";

/** What the streams use of the executor. */
export interface StreamsOptions {
  readonly endpoint: Endpoint;
  readonly batch: Batch;
  readonly answers: CommandAnswers;
  readonly calls: Calls;
  readonly metrics: Metrics;
  /** The current guest; undefined before one is loaded. */
  readonly guest: () => Guest | undefined;
}

/** The requests that the guest keeps, between the commands: its polls, and the ends of requests. */
export class Streams {
  private readonly endpoint: Endpoint;
  private readonly batch: Batch;
  private readonly answers: CommandAnswers;
  private readonly calls: Calls;
  private readonly metrics: Metrics;
  private readonly guest: () => Guest | undefined;

  constructor({ endpoint, batch, answers, calls, metrics, guest }: StreamsOptions) {
    this.endpoint = endpoint;
    this.batch = batch;
    this.answers = answers;
    this.calls = calls;
    this.metrics = metrics;
    this.guest = guest;
  }

  /** How long the executor may wait for a command, in milliseconds. */
  get waitMs(): number {
    const next = this.nextStepMs;
    if (next === Number.POSITIVE_INFINITY) return QUEUE_WAIT_MS;
    return Math.max(0, Math.min(QUEUE_WAIT_MS, Math.ceil(next - monotonicMs())));
  }

  /** Called after each command, and after each wait for one: ends requests whose time has passed, and polls the guest once if it is due. */
  step(): void {
    this.answers.open.settleClosed();
    if (this.nextStepMs === Number.POSITIVE_INFINITY) return;
    const now = monotonicMs();
    if (now >= this.batch.endsAtMs) this.endOverdue(now);
    if (now >= this.batch.pollsAtMs) this.poll();
  }

  /** Ends all requests with a life of their own: the guest that keeps them is gone. */
  endAll(reason: string, code: number = TRITON_ERROR.internal): void {
    this.batch.forgetKept();
    this.batch.pollsAtMs = Number.POSITIVE_INFINITY;
    this.answers.open.endAll(code, reason);
  }

  private get nextStepMs(): number {
    return Math.min(this.batch.pollsAtMs, this.batch.endsAtMs);
  }

  private endOverdue(now: number): void {
    const { batch, answers } = this;
    const reason = streamOverdue(batch.streamDeadlineMs);
    for (const open of batch.overdue(now)) {
      batch.endKept(open);
      answers.open.end(open.kept!.slot, TRITON_ERROR.unavailable, reason);
    }
  }

  private poll(): void {
    const { batch, answers } = this;
    const { heap, side } = this.endpoint;
    batch.pollsAtMs = Number.POSITIVE_INFINITY;
    try {
      this.guest()?.poll();
    } catch (error) {
      this.endAll(messageOf(error));
    }
    this.calls.end();
    this.metrics.sender.flush();
    side.finish();
    batch.dropUnsent();
    answers.open.awaitLeaving();
    heap.command.close();
  }
}
