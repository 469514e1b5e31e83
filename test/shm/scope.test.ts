import { afterEach, expect, test } from "@jest/globals";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

/** Makes so many blocks in the scope that was opened last. */
function construct({ heap }: ParentRegion, count: number): void {
  heap.locked(() => {
    for (let made = 0; made < count; made++) heap.constructLocked(100);
  });
}

test("a scope that is closed drops its own blocks, and those of the scope around it stay", () => {
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

test("blocks that a scope has kept stay allocated when the scope around it is closed", () => {
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

test("a scope that is closed takes those within it along, which then have nothing to drop", () => {
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
