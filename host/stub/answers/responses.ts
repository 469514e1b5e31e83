import type { Batch } from "../batch/batch.js";

/** Sends the responses of a batch to the server. The implementation depends on the execute era, and on whether the model is decoupled. */
export interface Responses {
  /** Called after a batch was decoded. */
  begin(batch: Batch): void;
  /** Called instead of {@link begin} for the batch in which the executor before this one has died. {@link fail} follows. */
  resume(batch: Batch): void;
  /** Answers the ExecuteRequest with the guest's responses. */
  send(batch: Batch): void;
  /** Answers the ExecuteRequest with one error for all requests without a response, and frees the blocks of the batch. */
  fail(reason: string): void;
  /** Waits until the server does not use the records of sent responses any more. They may be freed then. */
  awaitLeaving(): void;
  /** As {@link awaitLeaving}, for responses that an executor sent before it died. */
  inherit(): void;
  /** Called after the server's token for the answer, whether the batch succeeded or failed. The batch has ended by then. */
  finish(): void;
}
