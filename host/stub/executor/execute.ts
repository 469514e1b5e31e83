import { messageOf, type StubError } from "../../errors.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { CommandContext } from "./command-context.js";

/**
 * Serves an ExecuteRequest: runs the guest on the batch, and answers it.
 * @param args handle of the batch
 */
export function execute(context: CommandContext, args: number): void {
  const { releaseVerifier, batch, calls, metrics, answers } = context;
  if (releaseVerifier.check(args, context.options.state.instance!)) context.confirmRelease();
  if (releaseVerifier.refusal !== undefined) {
    releaseVerifier.refuse(args, batch);
    return;
  }
  const { responses } = answers;
  try {
    try {
      batch.decode(args);
      responses.begin(batch);
      runGuest(context);
    } finally {
      calls.end();
      metrics.sender.sendWithBatch();
    }
    responses.send(batch);
    batch.succeed();
  } catch (error) {
    batch.abandon();
    answers.open.abandonBatch();
    responses.fail(messageOf(error));
  }
  batch.end();
  answers.finish();
  responses.finish();
}

function runGuest(context: CommandContext): void {
  const { batch } = context;
  // A later executor loads the guest for its first batch.
  const guest = context.guest ?? context.loadGuest(context.options.state.instance!);
  try {
    guest.execute();
  } catch (error) {
    if ((error as StubError).code !== "ERR_GUEST_UNAVAILABLE") throw error;
    batch.failAll(TRITON_ERROR.unavailable, messageOf(error));
  }
  batch.finishOutputs();
}
