import { corrupt } from "./failure";
import { FIRST_BLOCK, segmentEnd } from "./segment";
import { put } from "./undo";

/*
 * Blocks tile the segment from 128 to the end block, in units of 16 bytes. A free block ends with a
 * copy of its size, which is the first word of the block after it; while a block is allocated, that
 * word is the last one of its payload.
 *
 *            +0            +8                        +16 ... payload, or the tree node when free
 *            ┌─────────────┬───┬───┬────────────────┬─────────────────────────┬ ─ ─ ─ ─ ─ ─ ┐
 *            │ prev_size   │ A │ P │ size in units  │ parent │ left  │ right  │  prev_size of
 *            │ (if P is 0) │63 │62 │ 61 ... 0       │ +16    │ +24   │ +32    │  the next block
 *            └─────────────┴───┴───┴────────────────┴─────────────────────────┴ ─ ─ ─ ─ ─ ─ ┘
 *
 * A: this block is allocated. P: the block before it is allocated. The first block always has P,
 * and its prev_size is the distance in units to the end block, which has the same number as its
 * size.
 */
export const ALLOCATED: u64 = 1 << 63;
export const PREVIOUS_ALLOCATED: u64 = 1 << 62;
export const SIZE_MASK: u64 = (1 << 62) - 1;

/** Smallest block in units: room for the control words and the tree node. */
export const SMALLEST_BLOCK: u32 = 3;
/** Distance from a block to its payload, or to its node. */
export const CONTROL_BYTES: u32 = 16;

/** Units of a block whose payload has room for `bytes`. The last 8 of them are in the block after it. */
// @ts-ignore: decorator
@inline
export function unitsFor(bytes: u32): u32 {
  return bytes <= 40 ? SMALLEST_BLOCK : u32((u64(bytes) + 7) >> 4) + 1;
}

/** Returns the word with size and flags. `block` must be within 128 ... end. */
// @ts-ignore: decorator
@inline
export function controlWord(block: u32): u64 {
  return load<u64>(block, 8);
}

/** Writes the word with size and flags. */
// @ts-ignore: decorator
@inline
export function setControlWord(block: u32, word: u64): void {
  put(block + 8, word);
}

/** Returns the size of the block before `block` in units. It is only valid if that block is free, and not checked. */
// @ts-ignore: decorator
@inline
export function previousUnits(block: u32): u64 {
  return load<u64>(block);
}

/** Writes the size of the block before `block`. */
// @ts-ignore: decorator
@inline
export function setPreviousUnits(block: u32, units: u64): void {
  put(block, units);
}

/** Whether `block` can be the offset of a block: a multiple of a unit, with room for the smallest block before the end. */
// @ts-ignore: decorator
@inline
export function isBlockOffset(block: u32): bool {
  return (block & 15) == 0 && block - FIRST_BLOCK <= segmentEnd - 48 - FIRST_BLOCK;
}

/** Returns the size in `word`, the control word of `block`. Checks that the block ends at or before the end block. */
// @ts-ignore: decorator
@inline
export function checkedUnits(block: u32, word: u64): u32 {
  const units = word & SIZE_MASK;
  if (units < u64(SMALLEST_BLOCK) || units > u64((segmentEnd - block) >> 4)) corrupt(block);
  return u32(units);
}

/**
 * Checks that `block`, which can be the offset of a block, is free, and that both neighbours agree.
 * Returns its size in units.
 */
export function checkedFreeUnits(block: u32): u32 {
  const word = controlWord(block);
  const units = checkedUnits(block, word);
  // Two free blocks never touch: they would have been merged.
  if ((word & (ALLOCATED | PREVIOUS_ALLOCATED)) != PREVIOUS_ALLOCATED) corrupt(block);
  const next = block + (units << 4);
  const nextWord = controlWord(next);
  if ((nextWord & (ALLOCATED | PREVIOUS_ALLOCATED)) != ALLOCATED) corrupt(next);
  if (previousUnits(next) != u64(units)) corrupt(next);
  return units;
}

/** Checks that `block`, which can be the offset of a block, is allocated. Returns its size in units. */
export function checkedAllocatedUnits(block: u32): u32 {
  const word = controlWord(block);
  const units = checkedUnits(block, word);
  if ((word & ALLOCATED) == 0) corrupt(block);
  if ((controlWord(block + (units << 4)) & PREVIOUS_ALLOCATED) == 0) corrupt(block);
  return units;
}
