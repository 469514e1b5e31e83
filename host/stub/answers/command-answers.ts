import type { Endpoint } from "../../channel/endpoint.js";
import type { Logger } from "../../log/logger.js";
import type { Message } from "../../wire/message.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import { BatchProgress } from "../shared/batch-progress.js";
import { FactoryList } from "../shared/factory-list.js";
import type { Journal } from "../shared/journal.js";
import type { Mapping } from "../shared/mapping.js";
import { NEEDS_EXECUTOR } from "../shared/mapping-table.js";
import { OpenSlots } from "../shared/open-slots.js";
import { BatchFailures } from "./batch-failures.js";
import { BatchedResponses } from "./batched-responses.js";
import { ANSWER_ERAS } from "./eras.js";
import { FailedBatch } from "./failed-batch.js";
import { OpenRequests } from "./open-requests.js";
import { PreparedAnswers } from "./prepared-answers.js";
import { ResponseFactories } from "./response-factories.js";
import { ResponseSender } from "./response-sender.js";
import type { Responses } from "./responses.js";
import { SeparateResponses } from "./separate-responses.js";

export interface CommandAnswersOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly mapping: Mapping;
  /** Name of the model instance, for error texts. */
  readonly instanceName: string;
  readonly logger: Logger;
}

/** The answers to the server's commands. All messages about the success or failure of a command are made here. */
export class CommandAnswers {
  /** The responses of the current batch. */
  readonly responses: Responses;
  /** The requests that the guest keeps, and the responses that it sends by calls of its own. */
  readonly open: OpenRequests;
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly failures: BatchFailures;
  private readonly factories: ResponseFactories;

  constructor({ endpoint, journal, mapping, instanceName, logger }: CommandAnswersOptions) {
    const era = ANSWER_ERAS[endpoint.dialect.era];
    const areSeparate = endpoint.control.decoupled || era.ofEveryModel;
    mapping.set("needs_executor", areSeparate ? era.needsExecutor : NEEDS_EXECUTOR.never);
    const failedBatch = new FailedBatch(endpoint, instanceName);
    const prepared = new PreparedAnswers(endpoint, failedBatch, mapping);
    const failures = new BatchFailures(endpoint, failedBatch, prepared);
    const progress = new BatchProgress(mapping);
    const slots = new OpenSlots(mapping, progress);
    const list = new FactoryList(mapping);
    const factories = new ResponseFactories(endpoint, journal, list, slots, era.leavesFactories);
    const sender = new ResponseSender(endpoint, era, logger);
    this.endpoint = endpoint;
    this.journal = journal;
    this.failures = failures;
    this.factories = factories;
    this.responses = areSeparate
      ? new SeparateResponses({
          endpoint,
          journal,
          progress,
          era,
          failures,
          prepared,
          factories,
          sender,
        })
      : new BatchedResponses(endpoint, failures, factories);
    this.open = new OpenRequests({ endpoint, journal, progress, slots, factories, sender });
  }

  /** Answers an ExecuteRequest whose batch could not be read. */
  failBatch(reason: string): void {
    this.failures.answer(reason);
  }

  /**
   * Answers an ExecuteRequest with a refusal, in a form that servers of all releases read.
   * @param requests their response factories are deleted by {@link giveBackFactories}, and not by the server
   */
  refuseBatch(reason: string, requests: readonly RequestAddresses[]): void {
    this.failures.answer(reason, requests.length > 0);
    this.factories.keep(requests);
  }

  giveBackFactories(): void {
    this.factories.giveBack();
  }

  /**
   * Answers an InitializeRequest. After a failure, frees the blocks of the load first.
   * @param failure why the load has failed; undefined when it has succeeded
   */
  answerLoad(failure: string | undefined): void {
    const { dialect, writer, heap } = this.endpoint;
    this.journal.endLoad(failure === undefined);
    this.endpoint.answer(dialect.commands.initializeResponse, () => {
      if (failure !== undefined) heap.command.closeLocked();
      return dialect.initialize.encodeLocked(writer, failure);
    });
  }

  /**
   * Answers an AutoCompleteRequest.
   * @param config the completed configuration as JSON
   */
  answerCompletion(config: string): void {
    const { dialect, writer } = this.endpoint;
    this.endpoint.answer(dialect.commands.autoCompleteResponse, () =>
      dialect.autoComplete.encodeLocked(writer, config),
    );
  }

  /**
   * Answers an AutoCompleteRequest with an error, or with the unchanged configuration if the release has no such error.
   * @param config as JSON
   */
  failCompletion(reason: string, config: string): void {
    const { dialect, writer } = this.endpoint;
    this.endpoint.answer(dialect.commands.autoCompleteResponse, () =>
      dialect.autoComplete.encodeErrorLocked(writer, reason, config),
    );
  }

  /** Answers a FinalizeRequest in the request's own message. The server then waits for the end of this process. */
  answerFinalize({ handle, command }: Message): void {
    const { dialect, writer } = this.endpoint;
    this.journal.beginFinalizing();
    dialect.message.setCommand(writer, handle, command + 1);
    this.endpoint.putAnswer(handle);
  }

  /** Waits until the server does not use the records of the executor before this one any more. */
  inheritExchanges(): void {
    this.endpoint.side.inherit();
    this.responses.inherit();
  }

  /**
   * Waits for the server's token, then frees the blocks of the command. It does not wait for the server's answer to the last change of a
   * metric, which is in blocks of its own: `Endpoint.takeCommand` reads that answer, or the next exchange does.
   */
  finish(): void {
    const { endpoint } = this;
    endpoint.takeToken();
    this.responses.awaitLeaving();
    endpoint.heap.command.close();
  }
}
