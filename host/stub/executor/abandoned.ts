import type { Outcome } from "./outcome.js";
import type { Work } from "./work.js";

/**
 * Ends what the executor before this one has left, and reports its end.
 * @returns why this executor has to end as well; undefined when it goes on
 */
export function succeed(work: Work): Outcome | undefined {
  const { stopped, options, metrics } = work;
  if (stopped === undefined) return undefined;
  options.history.fail();
  work.answers.inheritExchanges();
  const { journal, state } = options;
  // The server has its answer and waits for the end of the guard; up to then it serves what the instance asks for.
  if (journal.isFinalizing) {
    metrics.closeAll();
    return "finalised";
  }
  const taken = journal.takenMessage;
  if (taken !== undefined) {
    const outcome = answerAbandoned(work, taken, stopped.reason);
    if (outcome !== undefined) return outcome;
  }
  if (state.instance !== undefined) work.reportStop(stopped, state.instance);
  return undefined;
}

/** The guard leaves a command to us that cannot be answered without codecs, or whose metrics go first. */
function answerAbandoned(work: Work, handle: number, reason: string): Outcome | undefined {
  const { endpoint } = work.options;
  const { dialect, reader, heap } = endpoint;
  heap.followGrowth();
  const message = dialect.message.decode(reader, handle);
  if (message.command === dialect.commands.executeRequest) {
    failBatch(work, message.args, reason);
    return undefined;
  }
  // The server serves no metric of the model any more once it knows of the failure, or of the end.
  work.metrics.closeAll();
  if (message.command !== dialect.commands.initializeRequest) return work.mistrust(message.command);
  work.answers.answerLoad(reason);
  endpoint.takeToken();
  return "loadFailed";
}

function failBatch({ batch, answers }: Work, args: number, reason: string): void {
  const { responses } = answers;
  try {
    batch.decodeAbandoned(args);
    responses.resume(batch);
    responses.fail(reason);
  } catch {
    // A second failure must not end this executor as well: the one after it would fail in the same way.
    answers.failBatch(reason);
  }
}
