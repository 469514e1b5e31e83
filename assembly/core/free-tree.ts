import { CONTROL_BYTES, SIZE_MASK } from "./blocks";
import { corrupt } from "./failure";
import { child, LEFT, MAX_DEPTH, RIGHT } from "./links";
import { insertNode, removeNode } from "./rbtree";
import { FREE_TREE } from "./segment";

/** Size in units of the block of a node, from the word before the node. Not checked. */
// @ts-ignore: decorator
@inline
function unitsAt(node: u32): u64 {
  return load<u64>(node - 8) & SIZE_MASK;
}

/** Returns the smallest free block with at least `units`; among equal ones the oldest. 0: there is none. */
export function findFree(units: u32): u32 {
  let node = child(FREE_TREE, 0);
  let best: u32 = 0;
  for (let depth = 0; node != 0; depth++) {
    if (depth == MAX_DEPTH) corrupt(node);
    if (unitsAt(node) < u64(units)) {
      node = child(node, RIGHT);
    } else {
      best = node;
      node = child(node, LEFT);
    }
  }
  return best == 0 ? 0 : best - CONTROL_BYTES;
}

/**
 * Inserts a block of `units` into the tree, after all blocks of its size: the oldest is used first.
 */
export function insertFree(block: u32, units: u32): void {
  let above = FREE_TREE;
  let side: u32 = LEFT;
  let node = child(FREE_TREE, 0);
  for (let depth = 0; node != 0; depth++) {
    if (depth == MAX_DEPTH) corrupt(node);
    above = node;
    side = u64(units) < unitsAt(node) ? LEFT : RIGHT;
    node = child(node, side);
  }
  insertNode(FREE_TREE, above, side, block + CONTROL_BYTES);
}

/** Removes a free block from the tree. */
export function removeFree(block: u32): void {
  removeNode(FREE_TREE, block + CONTROL_BYTES);
}
