import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { Batch } from "../batch/batch.js";
import type { BatchProgress } from "../shared/batch-progress.js";
import type { Journal } from "../shared/journal.js";
import type { BatchFailures } from "./batch-failures.js";
import type { AnswerEra } from "./eras.js";
import type { PreparedAnswers } from "./prepared-answers.js";
import type { ResponseFactories } from "./response-factories.js";
import type { ResponseSender } from "./response-sender.js";
import type { Responses } from "./responses.js";

export interface SeparateResponsesOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly progress: BatchProgress;
  readonly era: AnswerEra;
  readonly failures: BatchFailures;
  readonly prepared: PreparedAnswers;
  readonly factories: ResponseFactories;
  readonly sender: ResponseSender;
}

/**
 * Each response is a separate message, and the ExecuteResponse only ends the execution. This is the way of decoupled models, and from 24.06
 * to 24.09 of all models. A request that the guest has neither finished nor kept gets its last response when the guest has returned.
 */
export class SeparateResponses implements Responses {
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly progress: BatchProgress;
  private readonly era: AnswerEra;
  private readonly failures: BatchFailures;
  private readonly prepared: PreparedAnswers;
  private readonly factories: ResponseFactories;
  private readonly sender: ResponseSender;
  private requests: readonly RequestAddresses[] = [];

  constructor(options: SeparateResponsesOptions) {
    this.endpoint = options.endpoint;
    this.journal = options.journal;
    this.progress = options.progress;
    this.era = options.era;
    this.failures = options.failures;
    this.prepared = options.prepared;
    this.factories = options.factories;
    this.sender = options.sender;
  }

  begin(batch: Batch): void {
    this.requests = batch.allAddresses();
    if (this.era.leavesFactories) this.factories.keep(this.requests);
    else this.prepared.leaveFactoriesToServer();
  }

  resume(batch: Batch): void {
    this.begin(batch);
  }

  send(batch: Batch): void {
    for (let index = 0; index < this.requests.length; index++) {
      const answer = batch.answerOf(index);
      if (answer === "response") this.sendLast(index, () => batch.encodeResponseLocked(index));
      if (answer === "end") this.sendLast(index, undefined);
    }
    const rescheduled = batch.markRescheduled();
    this.endExecution(() => {
      if (!this.era.leavesFactories) this.factories.expectKept(rescheduled);
      this.progress.expectSuccess(this.journal);
    });
  }

  fail(reason: string): void {
    // The blocks of sent responses are freed before the answer.
    this.awaitLeaving();
    // A batch that could not be decoded has no requests here, but the server has them.
    if (this.era.failsRequests || this.requests.length === 0) {
      this.failBatch(reason);
      return;
    }
    const { heap, writer, dialect } = this.endpoint;
    const encode = () => dialect.response.encodeErrorLocked(writer, TRITON_ERROR.internal, reason);
    try {
      heap.command.close();
      for (let index = 0; index < this.requests.length; index++) {
        if (!this.progress.isAnswered(index)) this.sendLast(index, encode);
      }
      this.endExecution(() => {});
    } catch {
      this.failBatch(reason);
    }
  }

  awaitLeaving(): void {
    this.sender.awaitLeaving();
  }

  inherit(): void {
    this.sender.inherit();
  }

  finish(): void {
    this.requests = [];
    this.factories.giveBack();
  }

  /**
   * Reports, if necessary, that some response factories are deleted. The server then does not delete the others either, so the stub gives
   * them back.
   */
  private failBatch(reason: string): void {
    const left = this.requests.filter((_, index) => !this.progress.isAnswered(index));
    const someGone = left.length < this.requests.length;
    if (!this.era.leavesFactories) this.factories.keep(someGone ? left : []);
    this.failures.answer(reason, someGone);
  }

  private sendLast(index: number, encodeLocked: (() => Handle) | undefined): void {
    this.sender.send({
      addresses: this.requests[index]!,
      isLast: true,
      encodeLocked,
      expect: () => this.progress.expectAnswered(this.journal, index),
    });
  }

  private endExecution(expect: () => void): void {
    const { dialect, writer } = this.endpoint;
    this.endpoint.answerWith(() => dialect.responseBatch.encodeLocked(writer, 0).message, expect);
  }
}
