import type { GuestGate } from "./services.js";

/** Nothing ever wakes a sleeper but time, or the end of its thread. */
const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));

/** Asleep a guest's thread holds nothing and may be ended as in the guest itself: a deadline counts here, too. */
export function sleepInGuest(gate: GuestGate, milliseconds: number): void {
  gate.enterGuest();
  Atomics.wait(NEVER_CHANGES, 0, 0, milliseconds);
  gate.leaveGuest();
}
