import { corrupt } from "./failure";
import { FIRST_BLOCK, segmentEnd } from "./segment";
import { put } from "./undo";

/*
 * A tree node is three links of 8 bytes: parent, left, right. A link holds its target minus its own
 * address; 1 is null. Bit 1 of the parent link is the colour: set is black, clear is red.
 *
 *   +0  parent | colour     Nodes begin at the payload of a block (a multiple of 16), header nodes
 *   +8  left                lie in the segment header. A link is untrusted: one that does not
 *   +16 right               lead to a possible node ends the call.
 */
/** Offset of a link within its node; `OTHER - side` is the opposite side. */
export const LEFT: u32 = 8;
export const RIGHT: u32 = 16;
export const OTHER: u32 = 24;

const NULL: i64 = 1;
const BLACK: i64 = 2;

/**
 * More steps than a consistent tree needs: fewer than 2^27 blocks fit in 4 GiB, and no path of a red-black tree is
 * longer than twice the binary logarithm, 54. A search with more steps is in a cycle.
 */
export const MAX_DEPTH: i32 = 2 * 32 + 8;

/** Checks that the target can be a node: a multiple of 16, in a block between the first block and the end. */
// @ts-ignore: decorator
@inline
function checkedNode(field: u32, target: i64): u32 {
  const first = FIRST_BLOCK + 16;
  if ((target & 15) != 0 || u64(target - i64(first)) > u64(segmentEnd - 32 - first)) corrupt(field);
  return u32(target);
}

/** Returns the child of a node, or the root when `node` is a header and `side` is 0. 0: there is none. */
// @ts-ignore: decorator
@inline
export function child(node: u32, side: u32): u32 {
  const field = node + side;
  const link = load<i64>(field) & ~BLACK;
  return link == NULL ? 0 : checkedNode(field, i64(field) + link);
}

/** Like `child`, for a child that a consistent tree always has. */
// @ts-ignore: decorator
@inline
export function requiredChild(node: u32, side: u32): u32 {
  const found = child(node, side);
  if (found == 0) corrupt(node + side);
  return found;
}

/** Returns the parent of a node in the tree `header`; the parent of the root is the header. */
// @ts-ignore: decorator
@inline
export function parent(header: u32, node: u32): u32 {
  const target = i64(node) + (load<i64>(node) & ~BLACK);
  return target == i64(header) ? header : checkedNode(node, target);
}

/** Whether the link on `side` leads to `target`. It needs no check because it does not follow the link. */
// @ts-ignore: decorator
@inline
export function leadsTo(node: u32, side: u32, target: u32): bool {
  const field = node + side;
  return i64(field) + (load<i64>(field) & ~BLACK) == i64(target);
}

/** Sets a child, or the smallest or largest node when `node` is a header. 0: none. */
// @ts-ignore: decorator
@inline
export function setChild(node: u32, side: u32, target: u32): void {
  const field = node + side;
  put(field, u64(target == 0 ? NULL : i64(target) - i64(field)));
}

/** Sets the parent and keeps the colour. For a header, it sets the root (0: none). */
// @ts-ignore: decorator
@inline
export function setParent(node: u32, target: u32): void {
  const link = target == 0 ? NULL : i64(target) - i64(node);
  put(node, u64(link | (load<i64>(node) & BLACK)));
}

/** Whether the node is black. A missing node (0) is black. */
// @ts-ignore: decorator
@inline
export function isBlack(node: u32): bool {
  return node == 0 || (load<i64>(node) & BLACK) != 0;
}

/** Colours a node black. */
// @ts-ignore: decorator
@inline
export function setBlack(node: u32): void {
  put(node, u64(load<i64>(node) | BLACK));
}

/** Colours a node red. */
// @ts-ignore: decorator
@inline
export function setRed(node: u32): void {
  put(node, u64(load<i64>(node) & ~BLACK));
}

/** Gives `node` the colour of `model`. */
// @ts-ignore: decorator
@inline
export function copyColour(node: u32, model: u32): void {
  put(node, u64((load<i64>(node) & ~BLACK) | (load<i64>(model) & BLACK)));
}
