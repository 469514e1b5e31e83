import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle } from "../../numbers.js";
import { CANNOT_GROW } from "../../shm/errors.js";
import type { FailedBatch } from "./failed-batch.js";
import type { PreparedAnswers } from "./prepared-answers.js";

const EMERGENCY_TEXT =
  `${CANNOT_GROW}: the shared-memory region has no room for an answer: it cannot grow, or exceeds the 4 GiB of 32-bit WebAssembly; ` +
  "send smaller tensors, enlarge /dev/shm, or reload the model to start with a new region";

/** Answers ExecuteRequests with one error for the whole batch. */
export class BatchFailures {
  private readonly endpoint: Endpoint;
  private readonly failedBatch: FailedBatch;
  private readonly prepared: PreparedAnswers;

  constructor(endpoint: Endpoint, failedBatch: FailedBatch, prepared: PreparedAnswers) {
    this.endpoint = endpoint;
    this.failedBatch = failedBatch;
    this.prepared = prepared;
  }

  /**
   * First frees the blocks of the batch. When the region has no room for the text, the prepared answer goes out.
   * @param factoriesGone whether the server must not use the batch's response factories, since some are deleted (from 24.10)
   */
  answer(reason: string, factoriesGone = false): void {
    const { heap, writer, dialect } = this.endpoint;
    let message: Handle;
    try {
      message = heap.locked(() => {
        heap.command.closeLocked();
        return this.failedBatch.encodeLocked(reason);
      });
    } catch {
      message = this.prepared.failedBatch(EMERGENCY_TEXT);
    }
    dialect.responseBatch.setFactoriesGone(writer, message, factoriesGone);
    this.endpoint.putAnswer(message);
  }
}
