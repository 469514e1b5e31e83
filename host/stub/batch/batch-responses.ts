import type { ParameterValue } from "../../guest/services.js";
import { BATCH_PARAMETERS_MAX_LENGTH, RESPONSE_PARAMETERS_MAX } from "../../limits.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { malformedBytes, parametersTooLong, tooManyParameters } from "./errors.js";
import type { OpenRequest } from "./open-request.js";
import { SharedOutputs } from "./shared-outputs.js";

/** The guest's responses: outputs, parameters or an error. */
export class BatchResponses extends SharedOutputs {
  /** Characters of the parameters that are not sent. */
  private parametersLength = 0;

  setParameter(request: number, key: string, value: ParameterValue): void {
    const draft = this.draft(request);
    if (draft.parameterCount >= RESPONSE_PARAMETERS_MAX) throw tooManyParameters(request);
    const length = key.length + (typeof value === "string" ? value.length : 0);
    this.parametersLength += length;
    if (this.parametersLength > BATCH_PARAMETERS_MAX_LENGTH) throw parametersTooLong(request);
    draft.parametersLength += length;
    draft.setParameter(key, value);
  }

  /**
   * Fills unwritten data with zeros. A malformed output fails the request. A request that has failed before keeps its error, and has no
   * outputs.
   * @param request an index or a handle of `open`
   */
  protected completeOutputs(open: OpenRequest, request: number): void {
    const { draft } = open;
    if (draft.failed) return;
    for (const data of draft.written) {
      const fault = data.finish();
      if (fault === undefined) continue;
      const what = this.describeOutput(request, data.output);
      this.failRequest(request, TRITON_ERROR.internal, malformedBytes(what, fault));
    }
  }

  /**
   * Encodes the response that the guest has made.
   * @returns its handle
   */
  protected encodeLocked({ draft }: OpenRequest): Handle {
    const { writer, dialect } = this.endpoint;
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

  protected override emptyDraft(open: OpenRequest): void {
    this.parametersLength -= open.draft.parametersLength;
    super.emptyDraft(open);
  }

  protected override resetOutputs(): void {
    this.parametersLength = 0;
    super.resetOutputs();
  }
}
