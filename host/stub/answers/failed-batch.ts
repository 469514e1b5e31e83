import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle } from "../../numbers.js";

/** Makes the message that says that a batch has failed. */
export class FailedBatch {
  /** What the client's sentence begins with. From 24.06 on the server passes it on as it is; before, it names the instance itself. */
  readonly sentencePrefix: string;
  private readonly endpoint: Endpoint;

  /** @param instanceName name of the model instance */
  constructor(endpoint: Endpoint, instanceName: string) {
    this.endpoint = endpoint;
    this.sentencePrefix = `Failed to process the request(s) for model '${instanceName}', message: `;
  }

  /** @returns handle of the message */
  encodeLocked(reason: string): Handle {
    const { dialect, writer } = this.endpoint;
    const sentence = this.sentencePrefix + reason;
    return dialect.responseBatch.encodeFailedLocked(writer, { reason, sentence });
  }
}
