import { writeSync } from "node:fs";
import { printableLogLine } from "../text.js";
import { LOG_LEVEL } from "../wire/log-levels.js";
import type { Logger } from "./logger.js";

/** First character of a line for the log. The output of Node and V8 themselves does not have it (native/guard/executor.c). */
const MARK = "\u0001";
const SEVERITY = { [LOG_LEVEL.warning]: "W", [LOG_LEVEL.error]: "E" } as Record<number, string>;
const STANDARD_ERROR = 2;

/** Writes lines to the guard, which adds them to the standard error of the server. This works also when the server reads no messages. */
export const guardLogger: Logger = {
  log(level, message) {
    const line = `${MARK}${SEVERITY[level] ?? "I"}${printableLogLine(message)}\n`;
    writeSync(STANDARD_ERROR, line);
  },
};
