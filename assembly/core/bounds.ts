import { Failure, refuse } from "./failure";

/**
 * Bytes of the memory that are the region. Zero until `setLimit`: a fresh core refuses everything.
 */
let limit: u32 = 0;

/**
 * Tells the core how many bytes of the memory are the mapped region. Every later access at or
 * beyond is refused. Must lie within the memory, so that a checked access never traps.
 */
export function setLimit(bytes: u32): void {
  if (u64(bytes) > u64(memory.size()) << 16) refuse(Failure.Argument, bytes);
  limit = bytes;
}

/** The size given to `setLimit`. */
export function getLimit(): u32 {
  return limit;
}

/** Refuses a range that does not lie within the limit. Computed in 64 bits: the sum cannot wrap. */
// @ts-ignore: decorator
@inline
export function requireRange(offset: u32, length: u32): void {
  if (u64(offset) + u64(length) > u64(limit)) refuse(Failure.Bounds, offset);
}
