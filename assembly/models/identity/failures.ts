import { LogLevel, logLine } from "../../sdk";
import { newLine } from "./line";

export const NO_OUTPUT_BUFFER = "failed to create output buffer";

/** The line about a request that has been answered with an error, to the letter that of NVIDIA's backend. @param what ASCII */
export function logFailure(request: i32, what: string): void {
  logLine(
    LogLevel.Error,
    newLine("request {}: {}, error response sent").integer(request).ascii(what),
  );
}

/** As {@link logFailure}. @param suffix what follows "OUTPUT" in the name of the output whose input is missing */
export function logMissingInput(request: i32, suffix: usize, length: i32): void {
  logLine(
    LogLevel.Error,
    newLine("request {}: failed to get input 'INPUT{}', error response sent")
      .integer(request)
      .bytes(suffix, length),
  );
}
