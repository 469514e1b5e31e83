import type { GuestGate } from "../guest/services.js";
import { monotonicMs } from "../monotonic.js";

/**
 * Who may end the executor. The executor is killed only while it is in the guest: then it holds no process-shared mutex
 * and has no half-written message.
 *
 * ```
 *            enterGuest                    tryKill (supervisor)
 *   HOST ------------------> IN_GUEST ------------------------> KILLED
 *    ^                          |
 *    +------- leaveGuest -------+      both leave IN_GUEST by compare-exchange: who loses, yields
 * ```
 *
 * IN_GUEST carries the number of the call, so that a kill meant for one call cannot hit the next. A guest that calls the host
 * without end is in its own code for too short a time to be met there: a call that is wanted halts as it comes back.
 */
const HOST = 0;
const IN_GUEST = 1;
const KILLED = 2;
const CALL_STEP = 4;

const PHASE_SLOT = 0;
/** Low 31 bits of the monotonic clock when the guest's current call began. */
const STARTED_SLOT = 1;
/** Milliseconds that the current call may take; 0: any, or there is none. */
const DEADLINE_SLOT = 2;
/** What the first slot holds while the current call is in the guest. */
const CALL_SLOT = 3;
/** The call that the supervisor wants to end, by the same number; 0: none. */
const WANTED_SLOT = 4;
const SLOTS = 5;

const CLOCK_MASK = 0x7fff_ffff;

/** The phase that executor and supervisor share. */
export class Phase implements GuestGate {
  readonly buffer: SharedArrayBuffer;
  private readonly slots: Int32Array;
  /** What the executor's slot holds during the current call. */
  private inGuest = IN_GUEST;

  /** @param buffer of the supervisor's phase; without it, this is the supervisor's */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * SLOTS);
    this.slots = new Int32Array(this.buffer);
    if (buffer === undefined) this.reset();
  }

  /** Executor: a call of at most `deadlineMs` begins (0: no deadline). */
  beginCall(deadlineMs: number): void {
    this.inGuest = (this.inGuest + CALL_STEP) | 0;
    this.slots[STARTED_SLOT] = monotonicMs() & CLOCK_MASK;
    Atomics.store(this.slots, DEADLINE_SLOT, deadlineMs);
    // Last: whoever sees the number sees the call's own time, or that of a later one.
    Atomics.store(this.slots, CALL_SLOT, this.inGuest);
  }

  /** Executor: the call is over. */
  endCall(): void {
    Atomics.store(this.slots, DEADLINE_SLOT, 0);
  }

  enterGuest(): void {
    const { slots, inGuest } = this;
    Atomics.store(slots, PHASE_SLOT, inGuest);
    while (Atomics.load(slots, WANTED_SLOT) === inGuest) Atomics.wait(slots, WANTED_SLOT, inGuest);
  }

  leaveGuest(): void {
    const { slots, inGuest } = this;
    if (Atomics.compareExchange(slots, PHASE_SLOT, inGuest, HOST) !== KILLED) return;
    // The supervisor has won and is ending this thread: touch nothing shared any more.
    for (;;) Atomics.wait(slots, PHASE_SLOT, KILLED);
  }

  /** Supervisor: deadline of the running call in milliseconds; 0: none. */
  get deadlineMs(): number {
    return Atomics.load(this.slots, DEADLINE_SLOT);
  }

  /** Supervisor: milliseconds that the running call has left, negative when it is over its time; undefined without a deadline. */
  remainingMs(): number | undefined {
    const deadline = this.deadlineMs;
    if (deadline === 0) return undefined;
    const elapsed = ((monotonicMs() & CLOCK_MASK) - this.slots[STARTED_SLOT]!) & CLOCK_MASK;
    return deadline - elapsed;
  }

  /**
   * Supervisor: whether the executor may be terminated now; it cannot leave the guest afterwards. If not, the running call
   * halts as soon as it is in the guest, for the next try.
   */
  tryKill(): boolean {
    return this.kill(Atomics.load(this.slots, CALL_SLOT));
  }

  /** Supervisor: as {@link tryKill}, if the running call is over its time. */
  tryKillOverdue(): boolean {
    const call = Atomics.load(this.slots, CALL_SLOT);
    const remaining = this.remainingMs();
    return remaining !== undefined && remaining < 0 && this.kill(call);
  }

  /** Supervisor: before a new executor starts. */
  reset(): void {
    Atomics.store(this.slots, DEADLINE_SLOT, 0);
    Atomics.store(this.slots, PHASE_SLOT, HOST);
    Atomics.store(this.slots, CALL_SLOT, IN_GUEST);
    Atomics.store(this.slots, WANTED_SLOT, 0);
  }

  private kill(call: number): boolean {
    Atomics.store(this.slots, WANTED_SLOT, call);
    return Atomics.compareExchange(this.slots, PHASE_SLOT, call, KILLED) === call;
  }
}
