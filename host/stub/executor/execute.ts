import { messageOf, type StubError } from "../../errors.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { Work } from "./work.js";

/** Runs the guest on a batch and answers it. @param args handle of the ExecuteRequest's batch */
export function execute(work: Work, args: number): void {
  const { releaseGuard, batch, metrics, answers } = work;
  if (releaseGuard.check(args, work.options.state.instance!)) work.confirmRelease();
  if (releaseGuard.refusal !== undefined) {
    releaseGuard.refuse(args, batch);
    return;
  }
  const { responses } = answers;
  try {
    try {
      batch.decode(args);
      responses.begin(batch);
      runGuest(work);
    } finally {
      metrics.flush();
    }
    responses.send(batch);
  } catch (error) {
    responses.fail(messageOf(error));
  }
  batch.end();
  answers.finish();
  responses.finish();
}

function runGuest(work: Work): void {
  const { batch } = work;
  // Missing only in a successor: the guest is loaded for its first batch.
  const guest = work.guest ?? work.loadGuest(work.options.state.instance!);
  try {
    guest.execute();
  } catch (error) {
    if ((error as StubError).code !== "ERR_GUEST_UNAVAILABLE") throw error;
    batch.failAll(TRITON_ERROR.unavailable, messageOf(error));
  }
  batch.finishOutputs();
}
