import { monotonicMs } from "../monotonic.js";
import { libc } from "./library.js";

const CLOCK_MONOTONIC = 1;

/** A `struct timespec`, which all timed calls of the thread share: each call is synchronous. */
const deadline = new BigInt64Array(2);

/** Whether glibc has waits with a clock (2.30 and later). With an older glibc, a change of the wall clock changes the length of a wait. */
const acceptsClock = exists("int sem_clockwait(uintptr_t sem, int clock, void *deadline)");

/**
 * A libc function that waits until the time of {@link setDeadline}.
 * @returns what the function returns
 */
export type TimedCall = (...addresses: number[]) => number;

/**
 * Binds a wait of libc to the monotonic clock.
 * @param onClock name of the function with a clock, for example `sem_clockwait`
 * @param onWallClock name of the function without a clock, for example `sem_timedwait`
 * @param addresses C declarations of the parameters before clock and deadline
 */
export function timedCall(onClock: string, onWallClock: string, addresses: string): TimedCall {
  if (acceptsClock) {
    const call = libc.func(`int ${onClock}(${addresses}, int clock, void *deadline)`);
    return (...at) => call(...at, CLOCK_MONOTONIC, deadline);
  }
  const call = libc.func(`int ${onWallClock}(${addresses}, void *deadline)`);
  return (...at) => call(...at, deadline);
}

/** Sets the end of the next timed call of this thread to now + `timeoutMs`. */
export function setDeadline(timeoutMs: number): void {
  const at = (acceptsClock ? monotonicMs() : Date.now()) + timeoutMs;
  const seconds = Math.floor(at / 1000);
  deadline[0] = BigInt(seconds);
  deadline[1] = BigInt(Math.floor((at - seconds * 1000) * 1e6));
}

function exists(prototype: string): boolean {
  try {
    libc.func(prototype);
    return true;
  } catch {
    return false;
  }
}
