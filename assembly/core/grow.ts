import {
  ALLOCATED,
  controlWord,
  PREVIOUS_ALLOCATED,
  setControlWord,
  setPreviousUnits,
} from "./blocks";
import { getLimit } from "./bounds";
import { corrupt, Failure, refuse } from "./failure";
import { release } from "./heap";
import {
  addAllocated,
  endOf,
  FIRST_BLOCK,
  openSegment,
  SEGMENT_SIZE,
  segmentEnd,
  setSegmentEnd,
} from "./segment";
import { commit, put } from "./undo";

/** For less, Boost would write a block that is too small for the tree. */
const SMALLEST_GROWTH: u32 = 64;

/**
 * Extends the segment by `extra` bytes, at least 64. The caller has enlarged the object, mapped it and called
 * `setLimit`, and holds the pool's mutex.
 *
 *      before  ... │ last block │ end │
 *      after   ... │ last block │ new free block (merged with a free last block) │ end │
 */
export function heapGrow(extra: u32): void {
  const oldSize = openSegment();
  if (extra < SMALLEST_GROWTH) refuse(Failure.Argument, extra);
  const size = u64(oldSize) + u64(extra);
  if (size > u64(getLimit())) refuse(Failure.Bounds, SEGMENT_SIZE);
  const block = segmentEnd;
  const word = controlWord(block);
  if ((word & ALLOCATED) == 0) corrupt(block);
  const end = endOf(u32(size));
  const units = (end - block) >> 4;
  const distance = u64((end - FIRST_BLOCK) >> 4);
  setSegmentEnd(end);
  put(SEGMENT_SIZE, size);
  setPreviousUnits(FIRST_BLOCK, distance);
  setControlWord(end, distance | PREVIOUS_ALLOCATED | ALLOCATED);
  setControlWord(block, u64(units) | (word & PREVIOUS_ALLOCATED) | ALLOCATED);
  addAllocated(units << 4);
  release(block);
  commit();
}
