import {
  ALLOCATED,
  checkedAllocatedUnits,
  CONTROL_BYTES,
  controlWord,
  PREVIOUS_ALLOCATED,
  setControlWord,
  SMALLEST_BLOCK,
} from "./blocks";
import { Failure, refuse } from "./failure";
import { allocate, release } from "./heap";
import { openSegment } from "./segment";

/**
 * Allocates a block whose payload is on a multiple of `alignment`, a power of two. It allocates a larger
 * block and frees the parts before and after, in Boost's order (tail, then head): the order decides which of
 * two equal blocks is used later. Returns 0 when there is no memory. The caller holds the pool's mutex.
 *
 *      block got   ├───────────────────────────────────────────┤
 *      plain       ├ head, freed ┤├ second: result ┤├ tail, freed ┤
 *                                  ▲ second + 16 is aligned
 */
export function heapAllocateAligned(bytes: u32, alignment: u32): u32 {
  openSegment();
  if (!isPowerOfTwo(alignment)) refuse(Failure.Argument, alignment);
  if (alignment <= 16) return allocate(bytes);
  const net = u64(bytes) > 8 ? u64(bytes) - 8 : u64(bytes);
  const request = max<u64>(net + u64(alignment), 48) + 80;
  if (request > u64(u32.MAX_VALUE)) return 0;
  const payload = allocate(u32(request));
  if (payload == 0) return 0;
  const needed = max<u32>(SMALLEST_BLOCK, (u32(net + 15) >> 4) + 1);
  const first = payload - CONTROL_BYTES;
  if ((payload & (alignment - 1)) == 0) {
    cut(first, needed);
    return payload;
  }
  const units = checkedAllocatedUnits(first);
  const result = (payload + 48 + alignment - 1) & ~(alignment - 1);
  const second = result - CONTROL_BYTES;
  const head = (second - first) >> 4;
  setControlWord(first, u64(head) | (controlWord(first) & PREVIOUS_ALLOCATED) | ALLOCATED);
  setControlWord(second, u64(units - head) | PREVIOUS_ALLOCATED | ALLOCATED);
  cut(second, needed);
  release(first);
  return result;
}

// @ts-ignore: decorator
@inline
function isPowerOfTwo(value: u32): bool {
  return popcnt(value) == 1;
}

/** Shortens an allocated block to `needed` units, and frees the rest if it is large enough for a block. */
function cut(block: u32, needed: u32): void {
  const units = checkedAllocatedUnits(block);
  if (units < needed + SMALLEST_BLOCK) return;
  const tail = block + (needed << 4);
  setControlWord(block, u64(needed) | (controlWord(block) & PREVIOUS_ALLOCATED) | ALLOCATED);
  setControlWord(tail, u64(units - needed) | PREVIOUS_ALLOCATED | ALLOCATED);
  release(tail);
}
