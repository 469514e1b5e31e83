/** The time limit that applies to a call of the guest. */
export type CallLimit = "initialize" | "execute" | "finalize";

/** Stops a guest that exceeds its deadline. The caller reports when a call begins and ends. */
export interface CallTimer {
  /** @param deadlineMs time limit in milliseconds; 0 for none */
  begin(limit: CallLimit, deadlineMs: number): void;
  end(): void;
}

/** Stops the time of the running call, while its guest waits for something else than itself. */
export interface CallPause {
  suspend(): void;
  /** The time goes on. Without {@link suspend} before, nothing happens. */
  resume(): void;
}

/**
 * Runs an action under a time limit of the guest.
 * @param deadlineMs time limit in milliseconds; 0 for none
 */
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
