import { ALLOCATED, setControlWord, setPreviousUnits } from "./blocks";
import { requireRange } from "./bounds";
import { Failure, refuse } from "./failure";
import { markFree } from "./heap";
import { formatTree } from "./rbtree";
import {
  ALLOCATED_BYTES,
  EXTRA_BYTES,
  endOf,
  FIRST_BLOCK,
  FREE_TREE,
  INDEX_BYTES,
  NAME_TREE,
  PADDING,
  SEGMENT_SIZE,
  SMALLEST_SEGMENT,
  setSegmentEnd,
  UNIQUE_TREE,
} from "./segment";

/**
 * Formats bytes 0 ... `size` as an empty segment: one free block and no names. It writes only the header and the
 * control words, because new shared memory is zero.
 */
export function heapFormat(size: u32): void {
  if (size < SMALLEST_SEGMENT) refuse(Failure.Argument, size);
  requireRange(0, size);
  const end = endOf(size);
  const units = (end - FIRST_BLOCK) >> 4;
  setSegmentEnd(end);
  formatTree(FREE_TREE);
  formatTree(NAME_TREE);
  formatTree(UNIQUE_TREE);
  store<u64>(EXTRA_BYTES, INDEX_BYTES);
  store<u64>(ALLOCATED_BYTES, 0);
  store<u64>(SEGMENT_SIZE, u64(size));
  store<u64>(PADDING, 0);
  setPreviousUnits(FIRST_BLOCK, u64(units));
  setControlWord(end, u64(units) | ALLOCATED);
  markFree(FIRST_BLOCK, units);
}
