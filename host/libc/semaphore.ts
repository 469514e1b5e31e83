import type { Address } from "../numbers.js";
import { setDeadline, timedCall } from "./clock.js";
import { systemCallError } from "./errors.js";
import { EAGAIN, EINTR, ETIMEDOUT, lastErrno, libc } from "./library.js";

/** Bytes of a glibc `sem_t` on x86-64 (`fixed_types` in facts/layouts.json). */
export const SEMAPHORE_BYTES = 32;

const semInit = libc.func("int sem_init(uintptr_t sem, int shared, unsigned int value)");
const semPost = libc.func("int sem_post(uintptr_t sem)");
const semTryWait = libc.func("int sem_trywait(uintptr_t sem)");
const semGetValue = libc.func("int sem_getvalue(uintptr_t sem, _Out_ int *value)");
const semTimedWait = timedCall("sem_clockwait", "sem_timedwait", "uintptr_t sem");

/** Initialises a process-shared semaphore at `address`. */
export function initSemaphore(address: Address, value: number): void {
  if (semInit(address, 1, value) !== 0)
    throw systemCallError("sem_init", lastErrno(), "a semaphore");
}

/** @throws StubError ERR_SYSTEM_CALL (EOVERFLOW, EINVAL) */
export function postSemaphore(address: Address): void {
  if (semPost(address) !== 0) throw systemCallError("sem_post", lastErrno(), "a queue's semaphore");
}

/** The current value of the semaphore. */
export function semaphoreValue(address: Address): number {
  const value = new Int32Array(1);
  semGetValue(address, value);
  return value[0]!;
}

/**
 * Decrements the semaphore if that is possible without a wait.
 * @returns whether it did
 */
export function tryWaitSemaphore(address: Address): boolean {
  for (;;) {
    if (semTryWait(address) === 0) return true;
    const errno = lastErrno();
    if (errno === EAGAIN) return false;
    if (errno !== EINTR) throw systemCallError("sem_trywait", errno, "a queue's semaphore");
  }
}

/**
 * Waits up to `timeoutMs` to decrement the semaphore. A signal does not shorten the wait.
 * @returns false on time-out
 */
export function timedWaitSemaphore(address: Address, timeoutMs: number): boolean {
  setDeadline(timeoutMs);
  for (;;) {
    if (semTimedWait(address) === 0) return true;
    const errno = lastErrno();
    if (errno === ETIMEDOUT) return false;
    if (errno !== EINTR) throw systemCallError("sem_timedwait", errno, "a queue's semaphore");
  }
}
