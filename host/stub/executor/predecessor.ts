import type { CommandContext } from "./command-context.js";
import type { Outcome } from "./outcome.js";

/**
 * Answers the command that the executor before this one has left without an answer, and reports the end of that executor.
 * @returns why this executor must end as well; undefined when it continues
 */
export function finishPredecessor(context: CommandContext): Outcome | undefined {
  const { predecessor, options, metrics } = context;
  if (predecessor === undefined) return undefined;
  options.history.fail();
  context.answers.inheritExchanges();
  const { journal, state } = options;
  // The server has its answer, and waits for the end of the guard. It still serves the requests of the instance.
  if (journal.isFinalizing) {
    context.takeLastAnswers();
    metrics.closeAll();
    return "finalised";
  }
  const taken = journal.takenMessage;
  if (taken !== undefined) {
    const outcome = answerAbandoned(context, taken, predecessor.reason);
    if (outcome !== undefined) return outcome;
  }
  if (state.instance !== undefined) context.reportPredecessor(predecessor, state.instance);
  return undefined;
}

/** Answers a command that the guard cannot answer: one that needs codecs, or whose metrics must be released first. */
function answerAbandoned(
  context: CommandContext,
  handle: number,
  reason: string,
): Outcome | undefined {
  const { endpoint } = context.options;
  const { dialect, reader, heap } = endpoint;
  heap.followGrowth();
  const message = dialect.message.decode(reader, handle);
  if (message.command === dialect.commands.executeRequest) {
    failBatch(context, message.args, reason);
    return undefined;
  }
  // The metrics go first: after the answer, the server serves no request about a metric of the model.
  context.metrics.closeAll();
  if (message.command !== dialect.commands.initializeRequest)
    return context.rejectRelease(message.command);
  context.answers.answerLoad(reason);
  endpoint.takeToken();
  return "loadFailed";
}

function failBatch({ batch, answers }: CommandContext, args: number, reason: string): void {
  const { responses } = answers;
  try {
    batch.decodeAbandoned(args);
    responses.resume(batch);
    responses.fail(reason);
  } catch {
    // An error must not end this executor: the next one would fail in the same way.
    answers.failBatch(reason);
  }
}
