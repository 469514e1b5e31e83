import { LogLevel, logLine } from "../../sdk";
import { newLine } from "./line";

export const NO_OUTPUT_BUFFER = "failed to create output buffer";

/**
 * Logs a request that was answered with an error, with exactly the text of NVIDIA's backend.
 * @param what ASCII text
 */
export function logFailure(request: i32, what: string): void {
  logLine(
    LogLevel.Error,
    newLine("request {}: {}, error response sent").integer(request).ascii(what),
  );
}

/**
 * Like {@link logFailure}, for a missing input.
 * @param suffix address of the part after "OUTPUT" in the name of the output
 */
export function logMissingInput(request: i32, suffix: usize, length: i32): void {
  logLine(
    LogLevel.Error,
    newLine("request {}: failed to get input 'INPUT{}', error response sent")
      .integer(request)
      .bytes(suffix, length),
  );
}
