import { messageOf } from "../../errors.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Message } from "../../wire/message.js";
import type { CommandContext } from "./command-context.js";
import type { Outcome } from "./outcome.js";

/** Serves a FinalizeRequest. The answer goes out first; the server then waits for the end of this process. */
export function finalize(context: CommandContext, message: Message): Outcome {
  const { answers, streams, metrics, logger, guest } = context;
  streams.endAll("the model is being unloaded", TRITON_ERROR.unavailable);
  answers.answerFinalize(message);
  try {
    guest?.finalize();
  } catch (error) {
    logger.log(LOG_LEVEL.error, messageOf(error));
  }
  context.takeLastAnswers();
  metrics.sender.flush();
  // The server may still read the record of a metric.
  context.options.endpoint.side.finish();
  metrics.closeAll();
  return "finalised";
}
