import { getLimit, requireRange } from "./bounds";
import { corrupt, Failure, refuse } from "./failure";
import { put } from "./undo";

/*
 * The segment header. An index is a red-black tree. Its header node has the root, the smallest and the largest node; the
 * word before a header node is the number of nodes.
 *
 *   0x00  number of free blocks          0x38  number of named objects
 *   0x08  free tree: root                0x40  name index: root
 *   0x10             smallest            0x48              first
 *   0x18             largest             0x50              last
 *   0x20  extra header bytes: 64         0x58  number of unique objects: 0
 *   0x28  allocated bytes                0x60  unique index: empty
 *   0x30  size of the segment            0x78  padding
 *                                        0x80  first block
 */
export const FREE_TREE: u32 = 0x08;
export const NAME_TREE: u32 = 0x40;
export const UNIQUE_TREE: u32 = 0x60;
export const EXTRA_BYTES: u32 = 0x20;
export const ALLOCATED_BYTES: u32 = 0x28;
export const SEGMENT_SIZE: u32 = 0x30;
export const PADDING: u32 = 0x78;
export const FIRST_BLOCK: u32 = 0x80;

/**
 * Size of the two indexes after the allocator's header. All segments of python_backend have them.
 */
export const INDEX_BYTES: u64 = 64;

/** Header, one smallest block (48) and the end block (16). */
export const SMALLEST_SEGMENT: u32 = FIRST_BLOCK + 48 + 16;

/**
 * Offset of the end block of the segment. Every block and node lies below it. `openSegment` sets it.
 */
export let segmentEnd: u32 = 0;

/** Returns the offset of the end block: the last whole unit. A size that is not a multiple of 16 leaves unused bytes. */
// @ts-ignore: decorator
@inline
export function endOf(size: u32): u32 {
  return ((size - FIRST_BLOCK) & ~15) + FIRST_BLOCK - 16;
}

/**
 * Begins every heap call. It reads the header again, because another process may have grown the segment, and checks it,
 * because the contents of the region are untrusted. Returns the size of the segment.
 */
export function openSegment(): u32 {
  requireRange(0, SMALLEST_SEGMENT);
  const size = load<u64>(SEGMENT_SIZE);
  if (size > u64(getLimit())) refuse(Failure.Bounds, SEGMENT_SIZE);
  if (size < u64(SMALLEST_SEGMENT)) corrupt(SEGMENT_SIZE);
  if (load<u64>(EXTRA_BYTES) != INDEX_BYTES) corrupt(EXTRA_BYTES);
  segmentEnd = endOf(u32(size));
  return u32(size);
}

/**
 * Begins a search for a named object. The server makes these objects before it starts a stub, and never changes them. The size of the
 * segment is not read, because the server may be enlarging the segment at this moment.
 */
export function openNames(): void {
  requireRange(0, SMALLEST_SEGMENT);
  segmentEnd = endOf(getLimit());
}

/** Moves the end of the open segment, for growth or for a new segment. */
export function setSegmentEnd(end: u32): void {
  segmentEnd = end;
}

/** Returns the allocated bytes from the header. Checks that they fit between the first block and the end block. */
// @ts-ignore: decorator
@inline
export function allocatedBytes(): u32 {
  const bytes = load<u64>(ALLOCATED_BYTES);
  if (bytes > u64(segmentEnd - FIRST_BLOCK)) corrupt(ALLOCATED_BYTES);
  return u32(bytes);
}

/** Adds `bytes` of a new block to the allocated bytes. */
// @ts-ignore: decorator
@inline
export function addAllocated(bytes: u32): void {
  const before = allocatedBytes();
  if (bytes > segmentEnd - FIRST_BLOCK - before) corrupt(ALLOCATED_BYTES);
  put(ALLOCATED_BYTES, u64(before + bytes));
}

/** Subtracts `bytes` of a freed block from the allocated bytes. */
// @ts-ignore: decorator
@inline
export function subtractAllocated(bytes: u32): void {
  const before = allocatedBytes();
  if (bytes > before) corrupt(ALLOCATED_BYTES);
  put(ALLOCATED_BYTES, u64(before - bytes));
}

/** Returns the size of the segment in bytes, from its header. */
export function heapSize(): u32 {
  return openSegment();
}

/** Returns the total size of the allocated blocks in bytes, including control words. */
export function heapAllocatedBytes(): u32 {
  openSegment();
  return allocatedBytes();
}

/** Returns the free memory as Boost reports it: it includes the 16 bytes of the end block and the unused bytes after it. */
export function heapFreeMemory(): u32 {
  return openSegment() - allocatedBytes() - FIRST_BLOCK;
}
