import { ErrorCode } from "./error-code";
import { TextWriter } from "./text-writer";
import { response_error } from "./triton_v1";

/** Answers a request with an error. The response has no outputs then. */
export function respondError(request: i32, code: ErrorCode, text: TextWriter): void {
  response_error(request, code, text.start, text.length);
}
