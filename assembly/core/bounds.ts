import { Failure, refuse } from "./failure";

/**
 * Size of the region within the memory, in bytes. It is 0 until `setLimit`: a new core refuses every access.
 */
let limit: u32 = 0;

/**
 * Sets how many bytes of the memory are the mapped region. Every later access at or beyond that limit is
 * refused. The limit must lie within the memory, so that a checked access never traps.
 */
export function setLimit(bytes: u32): void {
  if (u64(bytes) > u64(memory.size()) << 16) refuse(Failure.Argument, bytes);
  limit = bytes;
}

/** Returns the size that `setLimit` has set. */
export function getLimit(): u32 {
  return limit;
}

/** Refuses a range that does not lie within the limit. The sum has 64 bits, so it cannot wrap. */
// @ts-ignore: decorator
@inline
export function requireRange(offset: u32, length: u32): void {
  if (u64(offset) + u64(length) > u64(limit)) refuse(Failure.Bounds, offset);
}
