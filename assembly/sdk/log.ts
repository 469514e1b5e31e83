import { TextWriter } from "./text-writer";
import { log, log_enabled } from "./triton_v1";

/** The levels of the server's log. */
export enum LogLevel {
  Info = 0,
  Warning = 1,
  Error = 2,
  Verbose = 3,
}

/** Whether the server logs verbose lines. */
export function isVerbose(): bool {
  return log_enabled(LogLevel.Verbose) != 0;
}

/** Whether a line at this level would be logged. The result does not change while the instance lives. */
export function logEnabled(level: LogLevel): bool {
  return log_enabled(level) != 0;
}

/** Writes the text of `line` to the log, as one line. */
export function logLine(level: LogLevel, line: TextWriter): void {
  log(level, line.start, line.length);
}
