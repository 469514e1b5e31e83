import { afterEach, expect, test } from "@jest/globals";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

/** Makes blocks in the innermost scope. */
function construct({ heap }: ParentRegion, count: number): void {
  heap.locked(() => {
    for (let made = 0; made < count; made++) heap.constructLocked(100);
  });
}

test("a closed scope drops its own blocks, and not those of the outer scope", () => {
  const parent = new ParentRegion();
  const { heap } = parent;
  const before = parent.allocated();
  construct(parent, 2);
  const ofCommand = parent.allocated();
  const scope = heap.scope();
  construct(parent, 3);
  scope.close();
  expect(parent.allocated()).toBe(ofCommand);
  heap.command.close();
  expect(parent.allocated()).toBe(before);
});

test("blocks that a scope has kept stay allocated when the outer scope is closed", () => {
  const parent = new ParentRegion();
  const { heap } = parent;
  const before = parent.allocated();
  construct(parent, 1);
  const ofCommand = parent.allocated();
  const scope = heap.scope();
  construct(parent, 2);
  const all = parent.allocated();
  scope.keep();
  scope.close();
  expect(parent.allocated()).toBe(all);
  heap.command.close();
  expect(parent.allocated()).toBe(all - (ofCommand - before));
  expect(heap.ledger.count).toBe(0);
});

test("closing a scope drops the blocks of its inner scopes as well, which then have nothing to drop", () => {
  const parent = new ParentRegion();
  const { heap } = parent;
  const before = parent.allocated();
  const outer = heap.scope();
  construct(parent, 1);
  const inner = heap.scope();
  construct(parent, 1);
  heap.locked(() => outer.closeLocked());
  expect(parent.allocated()).toBe(before);
  construct(parent, 1);
  inner.close();
  expect(heap.ledger.count).toBe(1);
  heap.command.close();
});
