import { FAILURE_LINES_PER_SECOND } from "../limits.js";
import { LOG_LEVEL } from "../wire/log-levels.js";
import { LogLimit } from "./log-limit.js";
import type { Logger } from "./logger.js";

/** Logs a warning for each failed guest of an instance, up to {@link FAILURE_LINES_PER_SECOND}. */
export class FailureLog {
  private readonly logger: Logger;
  private readonly limit = new LogLimit(FAILURE_LINES_PER_SECOND, Number.POSITIVE_INFINITY);

  constructor(logger: Logger) {
    this.logger = logger;
  }

  /** @param reason a sentence */
  report(reason: string): void {
    const admission = this.limit.admit(reason.length);
    if (admission === "pass") this.logger.log(LOG_LEVEL.warning, reason);
    if (admission === "first drop") {
      this.logger.log(
        LOG_LEVEL.warning,
        `more than ${FAILURE_LINES_PER_SECOND} guests failed within one second: further lines of this second are dropped`,
      );
    }
  }
}
