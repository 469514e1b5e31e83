import { monotonicMs } from "../../monotonic.js";
import type { CallLimit, CallTimer } from "../../sandbox/call-timer.js";
import type { CriticalSection } from "../../shm/critical-section.js";
import type { Mapping } from "./mapping.js";
import { LIMIT, PHASE, PHASE_BITS } from "./mapping-table.js";

const CLOCK_MASK = 0x7fff_ffff;
const LIMITS: Readonly<Record<CallLimit, number>> = LIMIT;

/**
 * When the guard may end this process: whenever a call of the guest is over its time, but not while a mutex of the region is held.
 *
 * ```
 *             lock                      killed by the guard, if the call is over its time
 *   OPEN <----------> LOCKED     OPEN --------------------------------------------------> KILLED
 *            unlock                   both leave OPEN by compare-exchange: the one that fails gives way
 * ```
 *
 * The word carries the number of the call as well: a kill that was meant for one call cannot hit the next.
 */
export class Phase implements CallTimer, CriticalSection {
  private readonly words: Int32Array;
  private readonly phaseAt: number;
  private readonly deadlineAt: number;
  private readonly startedAt: number;
  private readonly limitAt: number;
  private readonly looksAt: number;
  private readonly wantedAt: number;
  private readonly wakeGuard: () => void;
  /** How many sections have been entered. */
  private depth = 0;

  /** @param wakeGuard makes the guard look at the deadline at once */
  constructor(mapping: Mapping, wakeGuard: () => void) {
    this.words = mapping.atomics;
    this.phaseAt = mapping.indexOf("phase");
    this.deadlineAt = mapping.indexOf("deadline_ms");
    this.startedAt = mapping.indexOf("started_ms");
    this.limitAt = mapping.indexOf("limit");
    this.looksAt = mapping.indexOf("looks_at_ms");
    this.wantedAt = mapping.indexOf("wanted");
    this.wakeGuard = wakeGuard;
  }

  begin(limit: CallLimit, deadlineMs: number): void {
    const { words } = this;
    const now = monotonicMs() & CLOCK_MASK;
    words[this.limitAt] = LIMITS[limit];
    words[this.startedAt] = now;
    Atomics.store(words, this.deadlineAt, deadlineMs);
    if (deadlineMs === 0) return;
    const looks = Atomics.load(words, this.looksAt);
    // Before half of the clock's range has passed, the difference says which is earlier.
    if (((looks - (now + deadlineMs)) & CLOCK_MASK) < CLOCK_MASK / 2) this.wakeGuard();
  }

  end(): void {
    const { words, phaseAt } = this;
    Atomics.store(words, this.deadlineAt, 0);
    const open = Atomics.load(words, phaseAt);
    this.change(open, open + (1 << PHASE_BITS));
  }

  /** May be nested. */
  enter(): void {
    this.depth += 1;
    if (this.depth > 1) return;
    const open = Atomics.load(this.words, this.phaseAt);
    this.change(open, open | PHASE.locked);
  }

  leave(): void {
    this.depth -= 1;
    if (this.depth > 0) return;
    const { words, phaseAt } = this;
    const open = Atomics.and(words, phaseAt, ~PHASE.locked) & ~PHASE.locked;
    // A guest that makes this process lock and unlock without end must not escape the guard's looks.
    while (Atomics.load(words, this.wantedAt) === (open | PHASE.killed)) {
      Atomics.wait(words, this.wantedAt, open | PHASE.killed);
    }
  }

  private change(from: number, to: number): void {
    const { words, phaseAt } = this;
    if ((from & PHASE.killed) !== 0 || Atomics.compareExchange(words, phaseAt, from, to) !== from) {
      // The guard has won and is ending this process: touch nothing shared any more.
      for (;;) Atomics.wait(words, phaseAt, words[phaseAt]!);
    }
  }
}
