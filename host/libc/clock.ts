import { monotonicMs } from "../monotonic.js";
import { libc } from "./library.js";

const CLOCK_MONOTONIC = 1;

/** A `struct timespec`. One per thread is enough, since every timed call is synchronous. */
const deadline = new BigInt64Array(2);

/** glibc has waits that take a clock since 2.30. On an older one a step of the wall clock changes how long a wait lasts. */
const takesClock = exists("int sem_clockwait(uintptr_t sem, int clock, void *deadline)");

/** A libc function that waits until the time of {@link setDeadline}. @returns what the function returns */
export type TimedCall = (...addresses: number[]) => number;

/**
 * Binds a wait of libc to the monotonic clock.
 * @param onClock the function that takes a clock, such as `sem_clockwait`
 * @param onWallClock the function without one, such as `sem_timedwait`
 * @param addresses C declarations of the parameters before clock and deadline
 */
export function timedCall(onClock: string, onWallClock: string, addresses: string): TimedCall {
  if (takesClock) {
    const call = libc.func(`int ${onClock}(${addresses}, int clock, void *deadline)`);
    return (...at) => call(...at, CLOCK_MONOTONIC, deadline);
  }
  const call = libc.func(`int ${onWallClock}(${addresses}, void *deadline)`);
  return (...at) => call(...at, deadline);
}

/** The timed calls of this thread wait until now + `timeoutMs`. */
export function setDeadline(timeoutMs: number): void {
  const at = (takesClock ? monotonicMs() : Date.now()) + timeoutMs;
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
