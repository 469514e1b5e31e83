import type { BatchServices } from "../../guest/services.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { malformedBytes } from "./errors.js";
import { SharedOutputs } from "./shared-outputs.js";

/**
 * The current batch, from its message to its responses. One object serves all batches of an executor.
 *
 * ```
 *  BatchRequests   what the guest reads
 *       ^
 *  BatchOutputs    what the guest answers; one ResponseDraft for each request
 *       ^
 *  SharedOutputs   answers with the data of other tensors
 *       ^
 *  Batch           its beginning and end: decode, finishOutputs, encodeResponseLocked
 * ```
 */
export class Batch extends SharedOutputs implements BatchServices {
  /**
   * @param args handle of the ExecuteRequest's record
   * @throws StubError when the bytes are not a batch
   */
  decode(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decode(reader, args, this.record);
    this.resetDrafts();
  }

  /**
   * Decodes only the places of the requests, which are enough to answer them with errors. The tensors of a batch whose guest was stopped
   * may be overwritten ({@link copyInputToOutput}).
   */
  decodeAbandoned(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decodePlaces(reader, args, this.record);
    this.resetDrafts();
  }

  /**
   * Called after the guest has returned. Fills unwritten data with zeros, and fails each request that has a malformed output. A request
   * that has failed before keeps its error, and has no outputs.
   */
  finishOutputs(): void {
    for (let request = 0; request < this.record.count; request++) {
      const draft = this.drafts[request]!;
      if (draft.failed) continue;
      for (const data of draft.written) {
        const fault = data.finish();
        if (fault === undefined) continue;
        const what = this.describeOutput(request, data.output);
        this.failRequest(request, TRITON_ERROR.internal, malformedBytes(what, fault));
      }
    }
  }

  /** Answers every request of the batch with the same error. */
  failAll(code: number, message: string): void {
    for (let request = 0; request < this.record.count; request++) {
      this.failRequest(request, code, message);
    }
  }

  /**
   * Encodes the response to a request.
   * @returns its handle
   */
  encodeResponseLocked(request: number): Handle {
    const { writer, dialect } = this.endpoint;
    const draft = this.drafts[request]!;
    if (draft.failed) {
      return dialect.response.encodeErrorLocked(writer, draft.errorCode, draft.errorMessage);
    }
    let count = 0;
    for (const tensor of draft.outputs) if (tensor !== NO_HANDLE) count++;
    const response = dialect.response.encodeLocked(writer, count, draft.parametersJson());
    let index = 0;
    for (const tensor of draft.outputs) {
      if (tensor !== NO_HANDLE) dialect.response.setOutput(writer, response, index++, tensor);
    }
    return response;
  }

  /** Ends the batch: outside of an execution a guest sees no requests. */
  end(): void {
    this.record.count = 0;
  }
}
