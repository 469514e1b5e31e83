import { afterEach, expect, test } from "@jest/globals";
import type { Handle, RegionOffset } from "../../host/numbers.js";
import { Ledger } from "../../host/shm/ledger.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

const construct = ({ heap }: ParentRegion) => heap.locked(() => heap.constructLocked(100));
const referencesOf = ({ region }: ParentRegion, handle: Handle) =>
  region.view.getUint32(handle, true);

test("a block that was loaded stays allocated until its reference is released", () => {
  const parent = new ParentRegion();
  const { heap } = parent;
  const handle = construct(parent);
  const other = construct(parent);
  heap.locked(() => heap.loadLocked(handle));
  expect(referencesOf(parent, handle)).toBe(2);
  expect(heap.ledger.newerThan(0)).toEqual([handle, other, handle]);
  heap.locked(() => heap.releaseLocked(handle));
  expect(referencesOf(parent, handle)).toBe(1);
  expect(heap.ledger.newerThan(0)).toEqual([handle, other]);
  heap.locked(() => heap.releaseLocked(handle));
  expect(heap.ledger.newerThan(0)).toEqual([other]);
  expect(() => heap.locked(() => heap.loadLocked(handle))).toThrow("freed twice");
  heap.command.close();
  expect(heap.ledger.count).toBe(0);
});

test("the length of a list changes with the blocks that it drops", () => {
  const parent = new ParentRegion();
  const { heap, region } = parent;
  const list = construct(parent);
  const lengthAt = (list + 16) as RegionOffset;
  const blocks = [construct(parent), construct(parent)];
  for (const block of blocks) heap.ledger.remove(block);
  region.view.setUint32(lengthAt, 2, true);
  heap.locked(() => heap.dropListedLocked(blocks[1]!, lengthAt, 1));
  expect(region.view.getUint32(lengthAt, true)).toBe(1);
  expect(() => heap.locked(() => heap.dropListedLocked(blocks[1]!, lengthAt, 0))).toThrow(
    "freed twice",
  );
  heap.command.close();
  expect(referencesOf(parent, blocks[0]!)).toBe(1);
});

test("an entry is removed from the middle of the ledger, and from its end with the removed ones before it", () => {
  const ledger = new Ledger();
  for (const handle of [144, 160, 176, 160]) ledger.add(handle);
  expect(ledger.remove(176)).toBe(true);
  expect([ledger.count, ledger.newerThan(0)]).toEqual([4, [144, 160, 160]]);
  expect(ledger.remove(160)).toBe(true);
  expect([ledger.count, ledger.newerThan(1)]).toEqual([2, [160]]);
  expect(ledger.remove(192)).toBe(false);
});
