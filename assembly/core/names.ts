import { checkedAllocatedUnits, CONTROL_BYTES } from "./blocks";
import { corrupt, Failure, refuse } from "./failure";
import { allocate } from "./heap";
import { nameByte } from "./host";
import { child, LEFT, MAX_DEPTH, RIGHT } from "./links";
import { insertNode } from "./rbtree";
import { NAME_TREE, openNames, openSegment } from "./segment";

/*
 * A named object is one allocated block. Its node is in a tree that is ordered by the length of the name, then by
 * its bytes.
 *
 *    payload +0    tree node
 *           +24    size of the value, 8 bytes
 *           +32    length of the name, 2 bytes
 *           +34    alignment of the value, 1 byte
 *           +35    0x21: a named object (1, top 3 bits) with names of one-byte characters (1)
 *           +24 + round_up(16, alignment)   value, then the name and a NUL
 */
const HEADER: u32 = 24;
const KIND_NAMED: u32 = 0x21;
/** The length is stored in 16 bits. */
const LONGEST_NAME: u32 = 0xffff;
/** The alignment is stored in 8 bits. */
const LARGEST_ALIGNMENT: u32 = 128;

/** Where the last `searchName` ended: the place for a missing name. */
let above: u32 = 0;
let side: u32 = 0;
/** Offset of the name in the record that `checkedValue` has checked last. */
let nameStart: u32 = 0;

/** Distance from the payload to the value. */
// @ts-ignore: decorator
@inline
function valueStart(alignment: u32): u32 {
  return HEADER + max<u32>(16, alignment);
}

/**
 * Checks that the record at `node` fits in its block. Returns the offset of the value.
 */
function checkedValue(node: u32): u32 {
  const usable = u64(checkedAllocatedUnits(node - CONTROL_BYTES) - 1) * 16 + 8;
  const bytes = load<u64>(node, 24);
  const alignment = <u32>load<u8>(node, 34);
  if (<u32>load<u8>(node, 35) != KIND_NAMED || popcnt(alignment) != 1) corrupt(node);
  const start = u64(valueStart(alignment));
  const length = u64(load<u16>(node, 32));
  // With the first comparison, the sum cannot exceed 64 bits.
  if (bytes > usable || start + bytes + length + 1 > usable) corrupt(node);
  nameStart = node + u32(start + bytes);
  return node + u32(start);
}

/** Compares the searched name with the name of a node, in the order of the tree. */
function compareName(node: u32, length: u32): i32 {
  checkedValue(node);
  const difference = i32(length) - i32(load<u16>(node, 32));
  if (difference != 0) return difference;
  const name = nameStart;
  for (let index: u32 = 0; index < length; index++) {
    const step = (nameByte(index) & 0xff) - i32(load<u8>(name + index));
    if (step != 0) return step;
  }
  return 0;
}

/** Returns the node of the name. 0: there is none, and `above` and `side` are its place. */
function searchName(length: u32): u32 {
  above = NAME_TREE;
  side = LEFT;
  let node = child(NAME_TREE, 0);
  for (let depth = 0; node != 0; depth++) {
    if (depth == MAX_DEPTH) corrupt(node);
    const order = compareName(node, length);
    if (order == 0) return node;
    above = node;
    side = order < 0 ? LEFT : RIGHT;
    node = child(node, side);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function requireNameLength(length: u32): void {
  if (length == 0 || length > LONGEST_NAME) refuse(Failure.Argument, length);
}

/**
 * Returns the offset of the value of a named object, or 0 when there is none. The host passes the name by `nameByte`. The caller need not
 * hold the pool's mutex.
 */
export function heapFindNamed(nameLength: u32): u32 {
  openNames();
  requireNameLength(nameLength);
  const node = searchName(nameLength);
  return node == 0 ? 0 : checkedValue(node);
}

/**
 * Finds the object of that name, whatever its size, or creates one with a value of zeros. Returns the offset of the
 * value, or 0 when there is no memory. `valueAlignment` is a power of two up to 128. As in Boost, it is relative to the
 * start of the record; above 8 it does not align the value itself.
 */
export function heapFindOrConstructNamed(
  nameLength: u32,
  valueBytes: u32,
  valueAlignment: u32,
): u32 {
  openSegment();
  requireNameLength(nameLength);
  if (popcnt(valueAlignment) != 1 || valueAlignment > LARGEST_ALIGNMENT) {
    refuse(Failure.Argument, valueAlignment);
  }
  const found = searchName(nameLength);
  if (found != 0) return checkedValue(found);
  const start = valueStart(valueAlignment);
  const request = u64(start) + u64(valueBytes) + u64(nameLength) + 1;
  if (request > u64(u32.MAX_VALUE)) return 0;
  const node = allocate(u32(request));
  if (node == 0) return 0;
  store<u64>(node, u64(valueBytes), 24);
  store<u16>(node, u16(nameLength), 32);
  store<u8>(node, u8(valueAlignment), 34);
  store<u8>(node, u8(KIND_NAMED), 35);
  const value = node + start;
  memory.fill(value, 0, valueBytes);
  const name = value + valueBytes;
  for (let index: u32 = 0; index < nameLength; index++) {
    store<u8>(name + index, u8(nameByte(index)));
  }
  store<u8>(name + nameLength, 0);
  insertNode(NAME_TREE, above, side, node);
  return value;
}
