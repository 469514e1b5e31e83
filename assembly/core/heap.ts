import {
  ALLOCATED,
  checkedAllocatedUnits,
  checkedFreeUnits,
  CONTROL_BYTES,
  controlWord,
  isBlockOffset,
  PREVIOUS_ALLOCATED,
  previousUnits,
  setControlWord,
  setPreviousUnits,
  SMALLEST_BLOCK,
  unitsFor,
} from "./blocks";
import { requireRange } from "./bounds";
import { corrupt, Failure, refuse } from "./failure";
import { findFree, insertFree, removeFree } from "./free-tree";
import { addAllocated, FIRST_BLOCK, openSegment, segmentEnd, subtractAllocated } from "./segment";
import { put } from "./undo";

/**
 * Allocates like Boost's `rbtree_best_fit`. Returns the offset of the payload, or 0 when there is no memory. The offset
 * is a multiple of 16; the first 32 and the last 8 bytes of the payload are zero. The caller holds the pool's mutex, and
 * calls `commit` when it has recorded the block.
 */
export function heapAllocate(bytes: u32): u32 {
  openSegment();
  return allocate(bytes);
}

/** Like `heapAllocate`, for an open segment. */
export function allocate(bytes: u32): u32 {
  const units = unitsFor(bytes);
  const block = findFree(units);
  if (block == 0) return 0;
  const found = checkedFreeUnits(block);
  // The tree is not in order if it returned a block that is too small.
  if (found < units) corrupt(block);
  removeFree(block);
  let given = found;
  if (found - units >= SMALLEST_BLOCK) {
    given = units;
    const rest = block + (units << 4);
    const restUnits = found - units;
    setControlWord(rest, u64(restUnits) | PREVIOUS_ALLOCATED);
    setPreviousUnits(rest + (restUnits << 4), u64(restUnits));
    insertFree(rest, restUnits);
  } else {
    const next = block + (found << 4);
    setControlWord(next, controlWord(next) | PREVIOUS_ALLOCATED);
  }
  setControlWord(block, u64(given) | PREVIOUS_ALLOCATED | ALLOCATED);
  addAllocated(given << 4);
  clearNode(block, given);
  return block + CONTROL_BYTES;
}

/**
 * Clears what the free tree left in a payload: the node, one more word, and the size at the end.
 */
// @ts-ignore: decorator
@inline
function clearNode(block: u32, units: u32): void {
  put(block + 16, 0);
  put(block + 24, 0);
  put(block + 32, 0);
  put(block + 40, 0);
  setPreviousUnits(block + (units << 4), 0);
}

/**
 * Frees the payload at `offset`. Refuses an offset that is not an allocated block, for example a block that was freed
 * before. The caller holds the pool's mutex, and must not use the bytes afterwards.
 */
export function heapDeallocate(offset: u32): void {
  openSegment();
  if (offset < FIRST_BLOCK + CONTROL_BYTES || offset >= segmentEnd) refuse(Failure.Bounds, offset);
  const block = offset - CONTROL_BYTES;
  if (!isBlockOffset(block)) corrupt(offset);
  release(block);
}

/**
 * Drops one reference to the block at `handle`, and frees the block with the last reference. The host has checked both words before.
 */
export function heapDrop(handle: u32): void {
  requireRange(handle, 8);
  const word = load<u64>(handle);
  put(handle, word - 1);
  if (u32(word) == 1) heapDeallocate(handle);
}

/** Adds one reference to the block at `handle`. The host has checked the block before, and calls `commit` when it has recorded the reference. */
export function heapLoad(handle: u32): void {
  requireRange(handle, 8);
  put(handle, load<u64>(handle) + 1);
}

/**
 * Frees an allocated block of the open segment, and merges it with free neighbours. It checks both neighbours before it writes
 * anything, because stale words in free memory can look like a block.
 */
export function release(block: u32): void {
  const units = checkedAllocatedUnits(block);
  const before = freeUnitsBefore(block);
  const next = block + (units << 4);
  // The end block is smaller than the smallest block, so this check fails if the end block claims to be free.
  const behind = (controlWord(next) & ALLOCATED) == 0 ? checkedFreeUnits(next) : 0;
  const start = block - (before << 4);
  subtractAllocated(units << 4);
  if (before != 0) {
    removeFree(start);
    // Boost leaves the old word. Without the flag, the core detects a second free of this block.
    setControlWord(block, 0);
  }
  if (behind != 0) removeFree(next);
  markFree(start, before + units + behind);
}

/** Returns the size in units of the block before `block` if it is free, and 0 otherwise. */
function freeUnitsBefore(block: u32): u32 {
  if ((controlWord(block) & PREVIOUS_ALLOCATED) != 0) return 0;
  const before = previousUnits(block);
  if (before < u64(SMALLEST_BLOCK) || before > u64((block - FIRST_BLOCK) >> 4)) corrupt(block);
  if (checkedFreeUnits(block - (u32(before) << 4)) != u32(before)) corrupt(block);
  return u32(before);
}

/** Writes both ends of a free block, whose neighbours are allocated, and inserts it into the tree. */
export function markFree(block: u32, units: u32): void {
  const next = block + (units << 4);
  setControlWord(block, u64(units) | PREVIOUS_ALLOCATED);
  setControlWord(next, controlWord(next) & ~PREVIOUS_ALLOCATED);
  setPreviousUnits(next, u64(units));
  insertFree(block, units);
}
