/** Which of a guest's limits a call is under. */
export type CallLimit = "initialize" | "execute" | "finalize";

/** Ends a guest that takes too long: is told when a call of it begins and ends. */
export interface CallTimer {
  /** @param deadlineMs 0: any time */
  begin(limit: CallLimit, deadlineMs: number): void;
  end(): void;
}

/** Runs what counts as the guest's time. @param deadlineMs 0: any time */
export function underLimit<Result>(
  timer: CallTimer,
  limit: CallLimit,
  deadlineMs: number,
  action: () => Result,
): Result {
  timer.begin(limit, deadlineMs);
  try {
    return action();
  } finally {
    timer.end();
  }
}
