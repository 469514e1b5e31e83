import type { GuestGate } from "../guest/services.js";

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
 */
const HOST = 0;
const IN_GUEST = 1;
const KILLED = 2;

const PHASE_SLOT = 0;
/** Low 31 bits of the clock when the guest's current call began. */
const STARTED_SLOT = 1;
/** Milliseconds that a call may take; 0: any. */
const DEADLINE_SLOT = 2;
const SLOTS = 3;

const CLOCK_MASK = 0x7fff_ffff;

/** The phase that executor and supervisor share. */
export class Phase implements GuestGate {
  readonly buffer: SharedArrayBuffer;
  private readonly slots: Int32Array;

  constructor(buffer = new SharedArrayBuffer(4 * SLOTS)) {
    this.buffer = buffer;
    this.slots = new Int32Array(buffer);
  }

  /** Executor: a call of at most `deadlineMs` begins (0: no deadline). */
  beginCall(deadlineMs: number): void {
    this.slots[STARTED_SLOT] = Date.now() & CLOCK_MASK;
    Atomics.store(this.slots, DEADLINE_SLOT, deadlineMs);
  }

  enterGuest(): void {
    Atomics.store(this.slots, PHASE_SLOT, IN_GUEST);
  }

  leaveGuest(): void {
    if (Atomics.compareExchange(this.slots, PHASE_SLOT, IN_GUEST, HOST) !== KILLED) return;
    // The supervisor has won and is ending this thread: touch nothing shared any more.
    for (;;) Atomics.wait(this.slots, PHASE_SLOT, KILLED);
  }

  /** Supervisor: milliseconds that the running call is over its deadline, or -1. */
  overdueMs(): number {
    const deadline = Atomics.load(this.slots, DEADLINE_SLOT);
    if (deadline === 0 || Atomics.load(this.slots, PHASE_SLOT) !== IN_GUEST) return -1;
    const elapsed = ((Date.now() & CLOCK_MASK) - this.slots[STARTED_SLOT]!) & CLOCK_MASK;
    return elapsed > deadline ? elapsed - deadline : -1;
  }

  /** Supervisor: whether the executor may be terminated now; it cannot leave the guest afterwards. */
  tryKill(): boolean {
    return Atomics.compareExchange(this.slots, PHASE_SLOT, IN_GUEST, KILLED) === IN_GUEST;
  }

  /** Supervisor: before a new executor starts. */
  reset(): void {
    Atomics.store(this.slots, DEADLINE_SLOT, 0);
    Atomics.store(this.slots, PHASE_SLOT, HOST);
  }
}
