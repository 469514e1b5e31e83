import type { Endpoint } from "../../channel/endpoint.js";
import type { ExchangeChannel } from "../../channel/exchange.js";
import type { Logger } from "../../log/logger.js";
import type { Handle } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { Batch } from "../batch/batch.js";
import type { Journal } from "../shared/journal.js";
import type { BatchFailures } from "./batch-failures.js";
import type { AnswerEra } from "./eras.js";
import type { PreparedAnswers } from "./prepared-answers.js";
import type { ResponseFactories } from "./response-factories.js";
import type { Responses } from "./responses.js";

export interface SeparateResponsesOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly era: AnswerEra;
  readonly failures: BatchFailures;
  readonly prepared: PreparedAnswers;
  readonly factories: ResponseFactories;
  readonly logger: Logger;
}

/**
 * Each response is a separate message, and the ExecuteResponse only ends the execution. This is the way of decoupled models, and from 24.06
 * to 24.09 of all models. Each request gets exactly one response, so each response is the final one.
 */
export class SeparateResponses implements Responses {
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly era: AnswerEra;
  private readonly failures: BatchFailures;
  private readonly prepared: PreparedAnswers;
  private readonly factories: ResponseFactories;
  private readonly logger: Logger;
  private readonly channel: ExchangeChannel;
  private requests: readonly RequestAddresses[] = [];
  /** Number of requests that have their response. */
  private sentCount = 0;

  constructor(options: SeparateResponsesOptions) {
    const { endpoint, era } = options;
    this.endpoint = endpoint;
    this.journal = options.journal;
    this.era = era;
    this.failures = options.failures;
    this.prepared = options.prepared;
    this.factories = options.factories;
    this.logger = options.logger;
    this.channel = era.queue === "side" ? endpoint.side : endpoint.answerExchanges;
  }

  begin(batch: Batch): void {
    this.requests = batch.allAddresses();
    this.sentCount = 0;
    if (this.era.leavesFactories) this.factories.keep(this.requests);
    else this.prepared.leaveFactoriesToServer();
  }

  resume(batch: Batch): void {
    this.begin(batch);
    this.sentCount = Math.min(this.journal.sentResponses, this.requests.length);
  }

  send(batch: Batch): void {
    this.sendRest((index) => batch.encodeResponseLocked(index));
    this.endExecution();
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
    try {
      heap.command.close();
      this.sendRest(() =>
        dialect.response.encodeErrorLocked(writer, TRITON_ERROR.internal, reason),
      );
      this.endExecution();
    } catch {
      this.failBatch(reason);
    }
  }

  awaitLeaving(): void {
    this.channel.awaitLeaving();
  }

  inherit(): void {
    this.channel.inherit();
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
    const someGone = this.sentCount > 0;
    if (someGone && !this.era.leavesFactories) {
      this.factories.keep(this.requests.slice(this.sentCount));
    }
    this.failures.answer(reason, someGone);
  }

  private sendRest(encodeLocked: (index: number) => Handle): void {
    while (this.sentCount < this.requests.length) {
      this.sendOne(this.requests[this.sentCount]!, () => encodeLocked(this.sentCount));
      this.sentCount += 1;
    }
  }

  private endExecution(): void {
    const { dialect, writer } = this.endpoint;
    this.endpoint.answerWith(() => dialect.responseBatch.encodeLocked(writer, 0).message);
  }

  private sendOne(addresses: RequestAddresses, encodeLocked: () => Handle): void {
    const { dialect, writer, reader, side } = this.endpoint;
    const { responseSend, commands } = dialect;
    // The journal has room for one exchange: of two pending ones, the guard would end only the later one.
    side.finish();
    const { record, exchange } = this.endpoint.newExchange(
      commands.responseSend,
      responseSend.fields,
      () =>
        responseSend.encodeLocked(writer, { addresses, response: encodeLocked(), isFinal: true }),
    );
    let error: string | undefined;
    this.journal.expectResponse();
    this.channel.respond(exchange, () => {
      error = responseSend.readError(reader, record);
    });
    if (error !== undefined) {
      this.logger.log(LOG_LEVEL.warning, `the server did not send a response: ${error}`);
    }
  }
}
