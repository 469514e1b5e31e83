import { messageOf } from "../../errors.js";
import { guardLogger } from "../../log/guard-logger.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { CommandContext } from "./command-context.js";

/**
 * Serves an AutoCompleteRequest.
 * @param args handle of the configuration
 */
export function autoComplete(context: CommandContext, args: number): void {
  const { answers } = context;
  const { dialect, reader } = context.options.endpoint;
  const config = dialect.autoComplete.readConfig(reader, args);
  let completed: string;
  try {
    completed = context.completeConfig(config);
  } catch (error) {
    guardLogger.log(LOG_LEVEL.error, messageOf(error));
    answers.failCompletion(messageOf(error), config);
    answers.finish();
    return;
  }
  answers.answerCompletion(completed);
  answers.finish();
}
