import { corrupt } from "./failure";
import {
  child,
  copyColour,
  isBlack,
  LEFT,
  leadsTo,
  MAX_DEPTH,
  OTHER,
  parent,
  RIGHT,
  requiredChild,
  setBlack,
  setChild,
  setParent,
  setRed,
} from "./links";
import { segmentEnd } from "./segment";
import { put } from "./undo";

/*
 * The red-black tree of Boost.Intrusive, step by step: trees get the same shape and colours, so dumps can be compared.
 * The caller determines the order; this file only links and rebalances.
 *
 *              header                rotate(node, LEFT):     node                  up
 *      root ╱    │ smallest                                 ╱    ╲               ╱    ╲
 *          ▼     ╲ largest                                 a      up    ──▶   node     c
 *                                                                ╱  ╲        ╱    ╲
 *                                                               b    c      a      b
 */

/** Writes an empty tree: it has no root, and the header is its smallest and largest node. */
export function formatTree(header: u32): void {
  store<u64>(header - 8, 0);
  store<i64>(header, 1);
  setChild(header, LEFT, header);
  setChild(header, RIGHT, header);
}

/** The outermost node below `node` on one side. */
export function outermost(node: u32, side: u32): u32 {
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const next = child(node, side);
    if (next == 0) return node;
    node = next;
  }
  corrupt(node);
  return 0;
}

/** Replaces the child `node` of `above` by `target`. Ends the call when `node` is not a child of `above`. */
function replaceChild(header: u32, above: u32, node: u32, target: u32): void {
  if (above == header) {
    if (!leadsTo(header, 0, node)) corrupt(header);
    setParent(header, target);
  } else if (leadsTo(above, LEFT, node)) {
    setChild(above, LEFT, target);
  } else if (leadsTo(above, RIGHT, node)) {
    setChild(above, RIGHT, target);
  } else {
    corrupt(node);
  }
}

/** Moves `node` down to `side`, and its other child up in its place; see the drawing. */
function rotate(header: u32, node: u32, side: u32): void {
  const up = requiredChild(node, OTHER - side);
  const above = parent(header, node);
  const inner = child(up, side);
  replaceChild(header, above, node, up);
  setChild(node, OTHER - side, inner);
  if (inner != 0) setParent(inner, node);
  setChild(up, side, node);
  setParent(node, up);
  setParent(up, above);
}

/** Links `node` below `above` (the header when the tree is empty) on `side`, and rebalances. */
export function insertNode(header: u32, above: u32, side: u32, node: u32): void {
  const count = load<u64>(header - 8);
  if (count > u64(segmentEnd)) corrupt(header - 8);
  if (above == header) {
    setParent(header, node);
    setChild(header, LEFT, node);
    setChild(header, RIGHT, node);
  } else {
    if (leadsTo(header, side, above)) setChild(header, side, node);
    setChild(above, side, node);
  }
  setParent(node, above);
  setChild(node, LEFT, 0);
  setChild(node, RIGHT, 0);
  put(header - 8, count + 1);
  setRed(node);
  rebalanceInserted(header, node);
}

/** `inserted` is red; its parent may be, too. */
function rebalanceInserted(header: u32, inserted: u32): void {
  let node = inserted;
  let above = parent(header, node);
  // asc 0.28 drops the code after a loop without a condition.
  for (let depth = 0; above != header && !isBlack(above); depth++) {
    if (depth == MAX_DEPTH) corrupt(node);
    const top = parent(header, above);
    if (top == header) break;
    const side: u32 = leadsTo(top, LEFT, above) ? LEFT : RIGHT;
    const uncle = child(top, OTHER - side);
    if (isBlack(uncle)) {
      liftInserted(header, node, above, top, side);
      break;
    }
    setBlack(above);
    setBlack(uncle);
    setRed(top);
    node = top;
    above = parent(header, node);
  }
  setBlack(requiredChild(header, 0));
}

/**
 * The uncle is black: the middle one of `node`, its red parent `above` and `top` takes the place of `top`.
 */
function liftInserted(header: u32, node: u32, above: u32, top: u32, side: u32): void {
  let lifted = above;
  if (leadsTo(above, OTHER - side, node)) {
    rotate(header, above, side);
    lifted = node;
  }
  rotate(header, top, OTHER - side);
  setRed(top);
  setBlack(lifted);
}

/** Removes `node` from the tree and rebalances. The bytes of the node stay as they are. */
export function removeNode(header: u32, node: u32): void {
  const count = load<u64>(header - 8);
  if (count - 1 > u64(segmentEnd)) corrupt(header - 8);
  put(header - 8, count - 1);
  const left = child(node, LEFT);
  const right = child(node, RIGHT);
  const above = parent(header, node);
  if (left != 0 && right != 0) {
    removeInner(header, node, left, right, above);
    return;
  }
  const heir = left != 0 ? left : right;
  replaceChild(header, above, node, heir);
  if (heir != 0) setParent(heir, above);
  if (leadsTo(header, LEFT, node)) {
    setChild(header, LEFT, right == 0 ? above : outermost(right, LEFT));
  }
  if (leadsTo(header, RIGHT, node)) {
    setChild(header, RIGHT, left == 0 ? above : outermost(left, RIGHT));
  }
  if (isBlack(node)) rebalanceRemoved(header, heir, above);
}

/** Removes a node with two children: its successor takes its place and its colour. */
function removeInner(header: u32, node: u32, left: u32, right: u32, above: u32): void {
  const successor = outermost(right, LEFT);
  const heir = child(successor, RIGHT);
  let heirAbove = successor;
  if (successor != right) {
    heirAbove = parent(header, successor);
    if (!leadsTo(heirAbove, LEFT, successor)) corrupt(successor);
  }
  replaceChild(header, above, node, successor);
  setParent(left, successor);
  setChild(successor, LEFT, left);
  if (successor != right) {
    setChild(successor, RIGHT, right);
    setParent(right, successor);
    if (heir != 0) setParent(heir, heirAbove);
    setChild(heirAbove, LEFT, heir);
  }
  setParent(successor, above);
  const lostBlack = isBlack(successor);
  copyColour(successor, node);
  if (lostBlack) rebalanceRemoved(header, heir, heirAbove);
}

/** Rebalances: paths through `heir` (0 for a missing node), a child of `above`, lack one black node. */
function rebalanceRemoved(header: u32, heir: u32, above: u32): void {
  for (let depth = 0; above != header && isBlack(heir); depth++) {
    if (depth == MAX_DEPTH) corrupt(above);
    const side = child(above, LEFT) == heir ? LEFT : RIGHT;
    const far = OTHER - side;
    let sibling = requiredChild(above, far);
    if (!isBlack(sibling)) {
      setBlack(sibling);
      setRed(above);
      rotate(header, above, side);
      sibling = requiredChild(above, far);
    }
    if (isBlack(child(sibling, LEFT)) && isBlack(child(sibling, RIGHT))) {
      setRed(sibling);
      heir = above;
      above = parent(header, above);
      continue;
    }
    if (isBlack(child(sibling, far))) {
      setBlack(requiredChild(sibling, side));
      setRed(sibling);
      rotate(header, sibling, far);
      sibling = requiredChild(above, far);
    }
    copyColour(sibling, above);
    setBlack(above);
    setBlack(requiredChild(sibling, far));
    rotate(header, above, side);
    break;
  }
  if (heir != 0) setBlack(heir);
}
