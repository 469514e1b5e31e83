import { messageOf } from "../../errors.js";
import { guardLogger } from "../../log/guard-logger.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Work } from "./work.js";

/** Lets the model complete its configuration. @param args handle of its text */
export function autoComplete(work: Work, args: number): void {
  const { answers } = work;
  const { dialect, reader } = work.options.endpoint;
  const config = dialect.autoComplete.readConfig(reader, args);
  let completed: string;
  try {
    completed = work.completeConfig(config);
  } catch (error) {
    guardLogger.log(LOG_LEVEL.error, messageOf(error));
    answers.failCompletion(messageOf(error), config);
    answers.finish();
    return;
  }
  answers.answerCompletion(completed);
  answers.finish();
}
