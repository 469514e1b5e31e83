import { writeSync } from "node:fs";
import { printableLogLine } from "../text.js";
import { LOG_LEVEL } from "../wire/log-levels.js";
import type { Logger } from "./logger.js";

/** With which a line begins that is for the log; what Node or V8 write themselves has none (native/guard/executor.c). */
const MARK = "\u0001";
const SEVERITY = { [LOG_LEVEL.warning]: "W", [LOG_LEVEL.error]: "E" } as Record<number, string>;
const STANDARD_ERROR = 2;

/** Lines that the guard puts into the standard error that it shares with the server: also where the server takes no message. */
export const guardLogger: Logger = {
  log(level, message) {
    const line = `${MARK}${SEVERITY[level] ?? "I"}${printableLogLine(message)}\n`;
    writeSync(STANDARD_ERROR, line);
  },
};
