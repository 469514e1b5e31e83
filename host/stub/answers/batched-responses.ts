import type { Endpoint } from "../../channel/endpoint.js";
import type { Batch } from "../batch/batch.js";
import type { BatchFailures } from "./batch-failures.js";
import type { ResponseFactories } from "./response-factories.js";
import type { Responses } from "./responses.js";

/** All responses are in the ExecuteResponse. This is the way of models that are not decoupled, up to 24.05 and from 24.10 on. */
export class BatchedResponses implements Responses {
  private readonly endpoint: Endpoint;
  private readonly failures: BatchFailures;
  private readonly factories: ResponseFactories;

  constructor(endpoint: Endpoint, failures: BatchFailures, factories: ResponseFactories) {
    this.endpoint = endpoint;
    this.failures = failures;
    this.factories = factories;
  }

  begin(): void {}

  resume(): void {}

  send(batch: Batch): void {
    const { dialect, writer } = this.endpoint;
    const { responseBatch } = dialect;
    const rescheduled = batch.markRescheduled();
    this.endpoint.answerWith(
      () => {
        const made = responseBatch.encodeLocked(writer, batch.requestCount());
        for (let index = 0; index < batch.requestCount(); index++) {
          responseBatch.setResponse(writer, made, index, batch.encodeResponseLocked(index));
        }
        return made.message;
        // From 24.10 on the server deletes the response factories of the responses, and the stub those of other requests.
      },
      () => this.factories.expectKept(rescheduled),
    );
  }

  fail(reason: string): void {
    this.failures.answer(reason);
  }

  awaitLeaving(): void {}

  inherit(): void {}

  finish(): void {
    this.factories.giveBack();
  }
}
