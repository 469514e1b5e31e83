import { requireRange } from "./bounds";
import { Failure, refuse } from "./failure";

/**
 * Watches the 32-bit word at `offset` (a multiple of 4) until it is not zero, at most `iterations`
 * times and at least once. Returns the value last seen: 0 means that the patience ran out. A spin
 * of a few microseconds spares a system call when the peer is about to post.
 */
export function spinUntilNonZero(offset: u32, iterations: u32): i32 {
  if ((offset & 3) != 0) refuse(Failure.Argument, offset);
  requireRange(offset, 4);
  let value = atomic.load<i32>(offset);
  for (let round: u32 = 1; value == 0 && round < iterations; round++) {
    value = atomic.load<i32>(offset);
  }
  return value;
}
