import type { Address } from "../numbers.js";
import { setDeadline, timedCall } from "./clock.js";
import { systemCallError } from "./errors.js";
import { EOWNERDEAD, ETIMEDOUT, libc } from "./library.js";
import { makeConsistent } from "./mutex.js";

/** Bytes of a glibc `pthread_cond_t` on x86-64. */
export const CONDITION_BYTES = 48;

const PTHREAD_PROCESS_SHARED = 1;

const attrInit = libc.func("int pthread_condattr_init(void *attr)");
const attrSetShared = libc.func("int pthread_condattr_setpshared(void *attr, int shared)");
const condInit = libc.func("int pthread_cond_init(uintptr_t cond, void *attr)");
const condTimedWait = timedCall(
  "pthread_cond_clockwait",
  "pthread_cond_timedwait",
  "uintptr_t cond, uintptr_t mutex",
);
const condBroadcast = libc.func("int pthread_cond_broadcast(uintptr_t cond)");

/**
 * Initialises a process-shared condition variable as Boost.Interprocess does. Its clock is the realtime clock, which only the server's
 * waits use.
 */
export function initCondition(address: Address): void {
  const attr = new Uint8Array(16);
  attrInit(attr);
  attrSetShared(attr, PTHREAD_PROCESS_SHARED);
  const errno: number = condInit(address, attr);
  if (errno !== 0) throw systemCallError("pthread_cond_init", errno, "a condition");
}

/**
 * Waits up to `timeoutMs`; the caller holds `mutex`. May return early, so test the predicate.
 * @returns false on time-out
 */
export function timedWaitCondition(address: Address, mutex: Address, timeoutMs: number): boolean {
  setDeadline(timeoutMs);
  const errno = condTimedWait(address, mutex);
  if (errno === ETIMEDOUT) return false;
  // This thread holds the mutex again, but its last owner died: without this call, unlocking makes the mutex unusable for ever.
  if (errno === EOWNERDEAD) makeConsistent(mutex);
  else if (errno !== 0) throw systemCallError("pthread_cond_timedwait", errno, "a condition");
  return true;
}

/**
 * Whether a thread has begun to wait since {@link initCondition}. From 2.25 on, glibc counts the waits in the first word: twice the number of
 * waits, and one bit for other purposes. A thread is counted before it unlocks its mutex.
 * @param view of the memory that has the condition variable
 * @param at its offset there
 */
export function wasWaitedFor(view: DataView, at: number): boolean {
  return view.getUint32(at, true) > 1;
}

/** Wakes every waiter. */
export function broadcastCondition(address: Address): void {
  condBroadcast(address);
}
