import type { Logger } from "../../log/logger.js";
import type { Handle } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { Batch } from "../batch/batch.js";
import type { Connection } from "../connection.js";
import { Exchange } from "../exchange.js";

/** How the responses of a batch reach the server: one way per execute era and kind of model. */
export interface Responses {
  /** A batch has been decoded. */
  begin(batch: Batch): void;
  /** The batch in which the executor before this one has died has been decoded again: {@link fail} follows. */
  resume(batch: Batch): void;
  /** Answers the ExecuteRequest whose batch the guest has worked on. */
  send(batch: Batch): void;
  /** Answers it with one error for every request that has no response yet, and drops what was made for the batch. */
  fail(reason: string): void;
  /** After the server's token for the answer, also for one that says that the batch has failed. The batch is gone by then. */
  finish(): void;
}

/** The responses of a model travel in the ExecuteResponse, or each as a message of its own. */
export function responsesOf(connection: Connection, logger: Logger): Responses {
  return connection.sendsResponses
    ? new SentResponses(connection, logger)
    : new ReturnedResponses(connection);
}

/** Models that are not decoupled, up to 24.05 and from 24.10 on. */
class ReturnedResponses implements Responses {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  begin(): void {}

  resume(): void {}

  send(batch: Batch): void {
    const { dialect, writer } = this.connection;
    const { responseBatch } = dialect;
    this.connection.answerWith(() => {
      const made = responseBatch.encodeLocked(writer, batch.requestCount());
      for (let index = 0; index < batch.requestCount(); index++) {
        responseBatch.setResponse(writer, made, index, batch.encodeResponseLocked(index));
      }
      return made.message;
    });
  }

  fail(reason: string): void {
    this.connection.answerFailedBatch(reason);
  }

  finish(): void {}
}

/**
 * Decoupled models, and from 24.06 to 24.09 all: each response is a message of its own, and the ExecuteResponse only ends
 * the execution. Each request gets exactly one response, so each is the final one.
 *
 * Who deletes the response factories that the server makes for the requests (docs/internals/protocol.md 3.4):
 *
 * ```
 *  to 23.11         the server, with a final response
 *  23.12 to 24.09   we, by a clean-up message
 *  from 24.10       the server, with a final response, and with a failed batch unless we say that some are gone
 * ```
 */
class SentResponses implements Responses {
  private readonly connection: Connection;
  private readonly logger: Logger;
  private requests: readonly RequestAddresses[] = [];
  private answered = 0;

  constructor(connection: Connection, logger: Logger) {
    this.connection = connection;
    this.logger = logger;
  }

  begin(batch: Batch): void {
    this.requests = batch.allAddresses();
    this.answered = 0;
    if (this.connection.dialect.era === "embedded") this.connection.prepared.keepFactories();
    else this.giveBackLater(this.requests);
  }

  resume(batch: Batch): void {
    this.begin(batch);
    this.answered = Math.min(this.connection.journal.sentResponses, this.requests.length);
  }

  send(batch: Batch): void {
    this.sendRest((index) => batch.encodeResponseLocked(index));
    this.endExecution();
  }

  fail(reason: string): void {
    // What was made for responses that have been sent goes before the answer.
    this.connection.responses.awaitLeaving();
    // A batch that could not be decoded has no requests here; the server still knows them.
    if (this.connection.dialect.era !== "returned" || this.requests.length === 0) {
      this.failUnanswered(reason);
      return;
    }
    // Up to 24.05 the server tells nobody of a decoupled batch that has failed.
    const { heap, writer, dialect } = this.connection;
    try {
      heap.dropNewer(0);
      this.sendRest(() =>
        dialect.response.encodeErrorLocked(writer, TRITON_ERROR.internal, reason),
      );
      this.endExecution();
    } catch {
      this.failUnanswered(reason);
    }
  }

  /** From 24.06 the server gives the error to every request that has no response. */
  private failUnanswered(reason: string): void {
    const someGone = this.answered > 0;
    if (someGone && this.connection.dialect.era === "embedded") {
      this.giveBackLater(this.requests.slice(this.answered));
    }
    this.connection.answerFailedBatch(reason, someGone);
  }

  private sendRest(encodeLocked: (index: number) => Handle): void {
    while (this.answered < this.requests.length) {
      this.sendOne(this.requests[this.answered]!, () => encodeLocked(this.answered));
      this.answered += 1;
    }
  }

  private endExecution(): void {
    const { dialect, writer } = this.connection;
    this.connection.answerWith(() => dialect.responseBatch.encodeLocked(writer, 0).message);
  }

  finish(): void {
    this.requests = [];
    giveBackFactories(this.connection);
  }

  private giveBackLater(requests: readonly RequestAddresses[]): void {
    this.connection.factories.replace(requests.map(({ responseFactory }) => responseFactory));
  }

  private sendOne(addresses: RequestAddresses, encodeLocked: () => Handle): void {
    const { dialect, heap, writer, region, reader, side } = this.connection;
    // The journal holds one exchange: of two that are under way, the guard would end only the later one.
    side.settle();
    const { args, message } = heap.locked(() => {
      const args = dialect.responseSend.encodeLocked(writer, {
        addresses,
        response: encodeLocked(),
        isFinal: true,
      });
      const message = dialect.message.encodeLocked(writer, dialect.commands.responseSend, args);
      return { args, message };
    });
    const exchange = new Exchange(region, message, dialect.responseSend.fields.of(args));
    let error: string | undefined;
    this.connection.responses.respond(exchange.prepare(), () => {
      error = dialect.responseSend.readError(reader, args);
    });
    if (error !== undefined) {
      this.logger.log(LOG_LEVEL.warning, `a response was not sent: ${error}`);
    }
  }
}

/** Lets the server delete the response factories that it has made for requests and leaves to us (`Connection.factories`). */
export function giveBackFactories(connection: Connection): void {
  const { dialect, heap, writer, region, side, factories, journal } = connection;
  const command = dialect.responseFactoryCleanup;
  if (command === undefined) return;
  for (;;) {
    const responseFactory = factories.last;
    if (responseFactory === undefined) return;
    const kept = heap.ledger.count;
    const exchange = heap.locked(() => {
      const args = dialect.cleanup.encodeLocked(writer, responseFactory);
      const { message, mutexAt, conditionAt } = dialect.message.encodeInlineLocked(
        writer,
        command,
        args,
      );
      const flagAt = dialect.cleanup.flagOf(args);
      return new Exchange(region, message, { mutexAt, conditionAt, flagAt });
    });
    exchange.prepare();
    journal.giveBackFactory();
    side.run(exchange);
    heap.dropNewer(kept);
  }
}
