import type { Address } from "../numbers.js";
import { setDeadline, timedCall } from "./clock.js";
import { lockOwnerDied, systemCallError } from "./errors.js";
import { EOWNERDEAD, ETIMEDOUT, lastErrno, libc } from "./library.js";

/** Bytes of a glibc `pthread_mutex_t` on x86-64. */
export const MUTEX_BYTES = 40;

const PTHREAD_PROCESS_SHARED = 1;
const PTHREAD_MUTEX_ROBUST = 1;

const attrInit = libc.func("int pthread_mutexattr_init(void *attr)");
const attrSetShared = libc.func("int pthread_mutexattr_setpshared(void *attr, int shared)");
const attrSetRobust = libc.func("int pthread_mutexattr_setrobust(void *attr, int robust)");
const mutexInit = libc.func("int pthread_mutex_init(uintptr_t mutex, void *attr)");
const mutexLock = libc.func("int pthread_mutex_lock(uintptr_t mutex)");
const mutexTimedLock = timedCall(
  "pthread_mutex_clocklock",
  "pthread_mutex_timedlock",
  "uintptr_t mutex",
);
const mutexUnlock = libc.func("int pthread_mutex_unlock(uintptr_t mutex)");
const mutexConsistent = libc.func("int pthread_mutex_consistent(uintptr_t mutex)");

const SET_ROBUST_LIST = 273;
const ROBUST_LIST_BYTES = 24;

/** glibc has no function for this system call. */
const setRobustList = libc.func("int64_t syscall(int64_t number, uintptr_t head, int64_t bytes)");

/**
 * From now on, the kernel does not change the mutexes that this thread holds at its end. Otherwise it marks them, and Boost.Interprocess
 * ends the server at its next lock. The guard unlocks them instead (native/guard/mutex.h).
 */
export function disownMutexes(): void {
  const result: number = setRobustList(SET_ROBUST_LIST, 0, ROBUST_LIST_BYTES);
  if (result !== 0) throw systemCallError("set_robust_list", lastErrno(), "this thread");
}

/** Initialises a mutex as Boost.Interprocess 1.79 does on Linux: process-shared and robust. */
export function initMutex(address: Address): void {
  const attr = new Uint8Array(16);
  attrInit(attr);
  attrSetShared(attr, PTHREAD_PROCESS_SHARED);
  attrSetRobust(attr, PTHREAD_MUTEX_ROBUST);
  const errno: number = mutexInit(address, attr);
  if (errno !== 0) throw systemCallError("pthread_mutex_init", errno, "a mutex");
}

/**
 * Locks a mutex. Lock and unlock it on the same thread, without an await in between.
 * @param what names the mutex in errors
 * @throws StubError ERR_LOCK_OWNER_DEAD when its last owner died while it held the mutex: the protected data may be half written. The mutex
 *   is usable again after the throw, so a caller that can check the data may continue.
 */
export function lockMutex(address: Address, what: string): void {
  const errno: number = mutexLock(address);
  if (errno !== 0) refuseLock(address, "pthread_mutex_lock", errno, what);
}

/**
 * As {@link lockMutex}, for at most `timeoutMs`.
 * @returns false on time-out
 */
export function timedLockMutex(address: Address, timeoutMs: number, what: string): boolean {
  setDeadline(timeoutMs);
  const errno = mutexTimedLock(address);
  if (errno === ETIMEDOUT) return false;
  if (errno !== 0) refuseLock(address, "pthread_mutex_timedlock", errno, what);
  return true;
}

/** @throws StubError ERR_SYSTEM_CALL (EPERM when this thread does not hold it) */
export function unlockMutex(address: Address, what: string): void {
  const errno: number = mutexUnlock(address);
  if (errno !== 0) throw systemCallError("pthread_mutex_unlock", errno, what);
}

/**
 * Whether a thread holds a mutex: then its first word is not 0.
 * @param view of the memory that has the mutex
 * @param at its offset there
 */
export function isLocked(view: DataView, at: number): boolean {
  return view.getUint32(at, true) !== 0;
}

/** Marks a mutex as usable again, after this thread has locked it as the successor of a dead owner. */
export function makeConsistent(address: Address): void {
  mutexConsistent(address);
}

function refuseLock(address: Address, call: string, errno: number, what: string): never {
  if (errno !== EOWNERDEAD) throw systemCallError(call, errno, what);
  makeConsistent(address);
  mutexUnlock(address);
  throw lockOwnerDied(what);
}
