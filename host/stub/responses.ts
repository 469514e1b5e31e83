import { LOG_LEVEL, TRITON_ERROR } from "../wire/datatypes.js";
import type { RequestAddresses } from "../wire/infer-request.js";
import type { Batch } from "./batch.js";
import type { Connection } from "./connection.js";
import { Exchange, ExchangeChannel } from "./exchange.js";
import type { Logger } from "./logger.js";

/** How the responses of a batch reach the server: one way per execute era and kind of model. */
export interface Responses {
  /** A batch has been decoded. */
  begin(batch: Batch): void;
  /** Answers the ExecuteRequest whose batch the guest has worked on. */
  send(batch: Batch): void;
  /** Answers it with one error for every request that has no response yet, and drops what was made for the batch. */
  fail(reason: string): void;
  /** After the server's token for the answer, also for one that says that the batch has failed. The batch is gone by then. */
  finish(): void;
}

/** Up to 24.05: all responses travel in the ExecuteResponse. */
export class ReturnedResponses implements Responses {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  begin(): void {}

  send(batch: Batch): void {
    const { dialect, heap } = this.connection;
    this.connection.answer(dialect.commands.executeResponse, () => {
      const record = dialect.execute.encodeBatchLocked(heap, batch.requestCount());
      for (let index = 0; index < batch.requestCount(); index++) {
        dialect.execute.setResponse(heap, record, index, batch.encodeResponseLocked(index));
      }
      return record;
    });
  }

  fail(reason: string): void {
    this.connection.answerFailedBatch(reason);
  }

  finish(): void {}
}

/**
 * Decoupled models up to 24.05: each response is a message of its own, and the ExecuteResponse only ends the execution.
 * Each request gets exactly one response.
 */
export class SentResponses implements Responses {
  private readonly connection: Connection;
  private readonly channel: ExchangeChannel;
  private readonly logger: Logger;
  private requests: readonly RequestAddresses[] = [];
  private answered = 0;

  constructor(connection: Connection, logger: Logger) {
    this.connection = connection;
    this.channel = new ExchangeChannel(connection.region, (handle) =>
      connection.push(connection.answers, handle),
    );
    this.logger = logger;
  }

  begin(batch: Batch): void {
    this.requests = batch.allAddresses();
    this.answered = 0;
  }

  send(batch: Batch): void {
    this.sendRest((index) => batch.encodeResponseLocked(index));
    this.endExecution();
  }

  fail(reason: string): void {
    const { heap, dialect } = this.connection;
    // A batch that could not be decoded has no requests here; the server still knows them.
    if (this.requests.length === 0) {
      this.connection.answerFailedBatch(reason);
      return;
    }
    try {
      heap.dropNewer(0);
      this.sendRest(() =>
        dialect.execute.encodeErrorResponseLocked(heap, TRITON_ERROR.internal, reason),
      );
      this.endExecution();
    } catch {
      this.connection.answerFailedBatch(reason);
    }
  }

  private sendRest(encodeLocked: (index: number) => number): void {
    while (this.answered < this.requests.length) {
      this.sendOne(this.requests[this.answered]!, () => encodeLocked(this.answered));
      this.answered += 1;
    }
  }

  private endExecution(): void {
    const { dialect, heap } = this.connection;
    this.connection.answer(dialect.commands.executeResponse, () =>
      dialect.execute.encodeBatchLocked(heap, 0),
    );
  }

  /** The server has made a factory for each request and forgets it: from 23.12 on it is ours to give back. */
  finish(): void {
    const command = this.connection.dialect.responseFactoryCleanup;
    const { requests } = this;
    this.requests = [];
    if (command === undefined) return;
    for (const { responseFactory } of requests) this.cleanUp(command, responseFactory);
  }

  private sendOne(addresses: RequestAddresses, encodeLocked: () => number): void {
    const { dialect, heap, region, reader } = this.connection;
    const { args, message } = heap.locked(() => {
      const args = dialect.responseSend.encodeFinalLocked(heap, addresses, encodeLocked());
      const message = dialect.message.encodeLocked(heap, dialect.commands.responseSend, args);
      return { args, message };
    });
    const exchange = Exchange.ofRecord(region, message, args, dialect.responseSend.fields);
    let error: string | undefined;
    this.channel.run(exchange.prepare(), () => {
      error = dialect.responseSend.readError(reader, args);
    });
    if (error !== undefined) {
      this.logger.log(LOG_LEVEL.warning, `a response was not sent: ${error}`);
    }
  }

  private cleanUp(command: number, responseFactory: bigint): void {
    if (responseFactory === 0n) return;
    const { dialect, heap, region, side } = this.connection;
    const kept = heap.ledger.count;
    const exchange = heap.locked(() => {
      const args = dialect.cleanup.encodeLocked(heap, responseFactory);
      const { message, mutexAt, conditionAt } = dialect.message.encodeInlineLocked(
        heap,
        command,
        args,
      );
      const flag = dialect.cleanup.flagOf(args);
      return new Exchange(region, message, { mu: mutexAt, cv: conditionAt, flag });
    });
    side.run(exchange.prepare());
    heap.dropNewer(kept);
  }
}
