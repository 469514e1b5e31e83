import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle } from "../../numbers.js";

/** Encodes the message that reports the failure of a batch. */
export class FailedBatch {
  /**
   * Beginning of the client's sentence. From 24.06 on the server passes the sentence on unchanged; before, it adds such a beginning itself.
   */
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
