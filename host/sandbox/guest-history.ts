import {
  FAILURE_WINDOW_MS,
  FAILURES_MAX,
  UNAVAILABLE_MAX_MS,
  UNAVAILABLE_MIN_MS,
} from "../limits.js";
import { monotonicMs } from "../monotonic.js";

const FAILURES_ALLOWED_SLOT = 0;
const UNAVAILABLE_UNTIL_SLOT = 1;
const BACK_OFF_SLOT = 2;
const FAILURES_SLOT = 3;
const MEMORY_SLOT = 4;
const FIRST_TIME_SLOT = 5;
export const HISTORY_SLOTS = FIRST_TIME_SLOT + FAILURES_MAX.max;

/**
 * The history of a model instance's guests: when they failed, and the memory that the server's metrics show. It outlives the guests and the
 * processes that run them.
 *
 * An instance whose guests fail too often is unavailable for a period. Then one batch tries again; if it fails, the period doubles.
 */
export class GuestHistory {
  private readonly slots: Float64Array;

  /** @param slots {@link HISTORY_SLOTS} numbers, initially 0 */
  constructor(slots: Float64Array = new Float64Array(HISTORY_SLOTS)) {
    this.slots = slots;
  }

  /**
   * Sets the limit of failures.
   * @param failures number of failures within {@link FAILURE_WINDOW_MS} that makes the instance unavailable
   */
  setFailureLimit(failures: number): void {
    this.slots[FAILURES_ALLOWED_SLOT] = failures;
  }

  /** Memory in bytes that the metrics currently show for this instance's guest. */
  get memoryBytes(): number {
    return this.slots[MEMORY_SLOT]!;
  }

  set memoryBytes(bytes: number) {
    this.slots[MEMORY_SLOT] = bytes;
  }

  /**
   * Records that a guest trapped or was stopped.
   * @param now milliseconds of {@link monotonicMs}
   */
  fail(now = monotonicMs()): void {
    const { slots } = this;
    const allowed = slots[FAILURES_ALLOWED_SLOT]!;
    // The limit is 0 until the model's configuration is known: then there is no instance yet that could become unavailable.
    if (allowed === 0) return;
    const backOff = slots[BACK_OFF_SLOT]!;
    const count = slots[FAILURES_SLOT]!;
    const place = FIRST_TIME_SLOT + (count % allowed);
    slots[place] = now;
    slots[FAILURES_SLOT] = count + 1;
    const oldest = slots[FIRST_TIME_SLOT + ((count + 1) % allowed)]!;
    const tooMany = count + 1 >= allowed && now - oldest < FAILURE_WINDOW_MS;
    if (backOff === 0 && !tooMany) return;
    const next = backOff === 0 ? UNAVAILABLE_MIN_MS : Math.min(2 * backOff, UNAVAILABLE_MAX_MS);
    slots[BACK_OFF_SLOT] = next;
    slots[UNAVAILABLE_UNTIL_SLOT] = now + next;
  }

  /** Records that a guest executed a batch without a trap. */
  succeed(): void {
    if (this.slots[BACK_OFF_SLOT] === 0) return;
    this.slots[BACK_OFF_SLOT] = 0;
    this.slots[FAILURES_SLOT] = 0;
  }

  /** @returns milliseconds until the next batch may be tried; 0 for now */
  unavailableMs(now = monotonicMs()): number {
    return Math.max(0, Math.ceil(this.slots[UNAVAILABLE_UNTIL_SLOT]! - now));
  }
}
