import { messageOf } from "../../errors.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Message } from "../../wire/message.js";
import type { Outcome } from "./outcome.js";
import type { Work } from "./work.js";

/** Takes the instance away. The answer goes out first: the server then waits for the end of this process. */
export function finalize(work: Work, message: Message): Outcome {
  const { answers, metrics, logger, guest } = work;
  answers.answerFinalize(message);
  try {
    guest?.finalize();
  } catch (error) {
    logger.log(LOG_LEVEL.error, messageOf(error));
  }
  metrics.flush();
  // The server waits for the end of an exchange even when the process is gone.
  work.options.endpoint.side.finish();
  metrics.closeAll();
  return "finalised";
}
