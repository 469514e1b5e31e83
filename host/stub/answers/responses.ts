import type { Batch } from "../batch/batch.js";

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
  /** Waits until the server has left the records of the responses that have been sent: they may go then. */
  awaitLeaving(): void;
  /** As {@link awaitLeaving}, of those that an executor that has died has sent. */
  inherit(): void;
  /** After the server's token for the answer, also for one that says that the batch has failed. The batch is gone by then. */
  finish(): void;
}
