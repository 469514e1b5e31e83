import { LOG_MAX_BYTES, LOG_MAX_LINES } from "../limits.js";
import { LOG_LEVEL } from "../wire/log-levels.js";
import type { LogLimit } from "./log-limit.js";
import type { Logger } from "./logger.js";

/** Passes on a guest's lines up to its limit, and drops the others. */
export class LimitedLogger implements Logger {
  private readonly logger: Logger;
  private readonly limit: LogLimit;

  constructor(logger: Logger, limit: LogLimit) {
    this.logger = logger;
    this.limit = limit;
  }

  log(level: number, message: string): void {
    const admission = this.limit.admit(Buffer.byteLength(message));
    if (admission === "pass") this.logger.log(level, message);
    if (admission === "first drop") {
      this.logger.log(
        LOG_LEVEL.warning,
        "the model writes more log lines than its parameters " +
          `${LOG_MAX_LINES.parameter} and ${LOG_MAX_BYTES.parameter} allow: further lines of this second are dropped`,
      );
    }
  }
}
