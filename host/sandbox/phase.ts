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
 *
 * IN_GUEST carries the number of the call, so that a kill meant for one call cannot hit the next.
 */
const HOST = 0;
const IN_GUEST = 1;
const KILLED = 2;
const STATE_MASK = 3;
const CALL_STEP = 4;

const PHASE_SLOT = 0;
/** Low 31 bits of the clock when the guest's current call began. */
const STARTED_SLOT = 1;
/** Milliseconds that the current call may take; 0: any, or there is none. */
const DEADLINE_SLOT = 2;
const SLOTS = 3;

const CLOCK_MASK = 0x7fff_ffff;

/** The phase that executor and supervisor share. */
export class Phase implements GuestGate {
  readonly buffer: SharedArrayBuffer;
  private readonly slots: Int32Array;
  /** What the executor's slot holds during the current call. */
  private inGuest = IN_GUEST;

  constructor(buffer = new SharedArrayBuffer(4 * SLOTS)) {
    this.buffer = buffer;
    this.slots = new Int32Array(buffer);
  }

  /** Executor: a call of at most `deadlineMs` begins (0: no deadline). */
  beginCall(deadlineMs: number): void {
    this.inGuest = (this.inGuest + CALL_STEP) | 0;
    this.slots[STARTED_SLOT] = Date.now() & CLOCK_MASK;
    Atomics.store(this.slots, DEADLINE_SLOT, deadlineMs);
  }

  /** Executor: the call is over. */
  endCall(): void {
    Atomics.store(this.slots, DEADLINE_SLOT, 0);
  }

  enterGuest(): void {
    Atomics.store(this.slots, PHASE_SLOT, this.inGuest);
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
    const elapsed = ((Date.now() & CLOCK_MASK) - this.slots[STARTED_SLOT]!) & CLOCK_MASK;
    return deadline - elapsed;
  }

  /** Supervisor: whether the executor may be terminated now; it cannot leave the guest afterwards. */
  tryKill(): boolean {
    return this.kill(Atomics.load(this.slots, PHASE_SLOT));
  }

  /** Supervisor: as {@link tryKill}, if the running call is over its time. */
  tryKillOverdue(): boolean {
    // The phase first: a call writes its time before it enters the guest.
    const seen = Atomics.load(this.slots, PHASE_SLOT);
    const remaining = this.remainingMs();
    return remaining !== undefined && remaining < 0 && this.kill(seen);
  }

  /** Supervisor: before a new executor starts. */
  reset(): void {
    Atomics.store(this.slots, DEADLINE_SLOT, 0);
    Atomics.store(this.slots, PHASE_SLOT, HOST);
  }

  private kill(seen: number): boolean {
    if ((seen & STATE_MASK) !== IN_GUEST) return false;
    return Atomics.compareExchange(this.slots, PHASE_SLOT, seen, KILLED) === seen;
  }
}
