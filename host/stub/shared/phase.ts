import { monotonicMs } from "../../monotonic.js";
import type { CallLimit, CallPause, CallTimer } from "../../sandbox/call-timer.js";
import type { CriticalSection } from "../../shm/critical-section.js";
import type { Mapping } from "./mapping.js";
import { LIMIT, PHASE, PHASE_BITS } from "./mapping-table.js";

const CLOCK_MASK = 0x7fff_ffff;
const LIMITS: Readonly<Record<CallLimit, number>> = LIMIT;

/**
 * Controls when the guard may kill this process: after the deadline of a guest call, but not while this process holds a mutex of the
 * region.
 *
 * ```
 *             lock                      the guard, after the deadline
 *   OPEN <----------> LOCKED     OPEN ---------------------------------> KILLED
 *            unlock                   both sides leave OPEN by compare-exchange: the one that fails gives way
 * ```
 *
 * The word also has the number of the call, so a kill for one call cannot hit the next one.
 */
export class Phase implements CallTimer, CallPause, CriticalSection {
  private readonly words: Int32Array;
  private readonly phaseAt: number;
  private readonly deadlineAt: number;
  private readonly startedAt: number;
  private readonly limitAt: number;
  private readonly looksAt: number;
  private readonly wantedAt: number;
  private readonly wakeGuard: () => void;
  /** Number of nested sections. */
  private depth = 0;
  /** The deadline that does not run at the moment. */
  private suspended:
    | { readonly limit: number; readonly deadlineMs: number; readonly elapsedMs: number }
    | undefined;

  /** @param wakeGuard makes the guard read the deadline at once */
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
    this.start(LIMITS[limit], deadlineMs, 0);
  }

  private start(limit: number, deadlineMs: number, elapsedMs: number): void {
    const { words } = this;
    const started = (monotonicMs() - elapsedMs) & CLOCK_MASK;
    words[this.limitAt] = limit;
    words[this.startedAt] = started;
    Atomics.store(words, this.deadlineAt, deadlineMs);
    if (deadlineMs === 0) return;
    const looks = Atomics.load(words, this.looksAt);
    // The guard looks later than the deadline. The clock has 31 bits: a difference below half of its range is positive.
    if (((looks - (started + deadlineMs)) & CLOCK_MASK) < CLOCK_MASK / 2) this.wakeGuard();
  }

  suspend(): void {
    const { words } = this;
    const deadlineMs = Atomics.load(words, this.deadlineAt);
    const elapsedMs = (monotonicMs() - words[this.startedAt]!) & CLOCK_MASK;
    this.suspended = { limit: words[this.limitAt]!, deadlineMs, elapsedMs };
    // The call gets another number, so a guard that has read its deadline before cannot kill this process for it.
    this.end();
  }

  resume(): void {
    const { suspended } = this;
    if (suspended === undefined) return;
    this.suspended = undefined;
    this.start(suspended.limit, suspended.deadlineMs, suspended.elapsedMs);
  }

  end(): void {
    const { words, phaseAt } = this;
    Atomics.store(words, this.deadlineAt, 0);
    const open = Atomics.load(words, phaseAt);
    this.change(open, open + (1 << PHASE_BITS));
  }

  /** Sections may be nested. */
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
    // The guard may find the phase locked each time it looks, if the guest calls the host in a loop. So it sets `wanted`, and this
    // process waits for its end here.
    while (Atomics.load(words, this.wantedAt) === (open | PHASE.killed)) {
      Atomics.wait(words, this.wantedAt, open | PHASE.killed);
    }
  }

  private change(from: number, to: number): void {
    const { words, phaseAt } = this;
    if ((from & PHASE.killed) !== 0 || Atomics.compareExchange(words, phaseAt, from, to) !== from) {
      // The guard is killing this process: change no shared memory from here on.
      for (;;) Atomics.wait(words, phaseAt, words[phaseAt]!);
    }
  }
}
