import type { BatchServices } from "../../guest/services.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { BatchOutputs } from "./batch-outputs.js";

/** The batch in work, from its message to its responses. */
export class Batch extends BatchOutputs implements BatchServices {
  /** Decodes the batch behind an ExecuteRequest's args. @throws StubError when its bytes make no batch */
  decode(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decode(reader, args, this.record);
    this.resetDrafts();
  }

  /**
   * Decodes as much of a batch as errors for its requests need. The rest of one in which a guest was stopped may have been
   * written over by {@link copyInputToOutput}.
   */
  decodeAbandoned(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decodePlaces(reader, args, this.record);
    this.resetDrafts();
  }

  /**
   * When the guest has returned: fills up what it has not written, and turns what makes no tensor into an error of its
   * request. A request that has failed has no outputs, and keeps its own error.
   */
  finishOutputs(): void {
    for (let request = 0; request < this.record.count; request++) {
      const draft = this.drafts[request]!;
      if (draft.failed) continue;
      for (const data of draft.written) {
        const fault = data.finish();
        if (fault === undefined) continue;
        const what = this.describeOutput(request, data.output);
        this.failRequest(
          request,
          TRITON_ERROR.internal,
          `the model made ${what} of datatype BYTES wrongly: ${fault}`,
        );
      }
    }
  }

  /** Answers every request of the batch with the same error. */
  failAll(code: number, message: string): void {
    for (let request = 0; request < this.record.count; request++) {
      this.failRequest(request, code, message);
    }
  }

  /** Encodes what the guest has answered to a request. @returns the response's handle */
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

  /** Forgets the batch: outside of an execution a guest finds no requests. */
  end(): void {
    this.record.count = 0;
  }
}
