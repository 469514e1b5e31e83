import { afterEach, expect, test } from "@jest/globals";
import type { Handle } from "../../host/numbers.js";
import { HeldBlocks } from "../../host/shm/held-blocks.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

/** A list that holds `count` blocks of a server, once each. */
function held(count: number) {
  const parent = new ParentRegion();
  const { heap } = parent;
  const blocks = Array.from({ length: count }, () => parent.construct(100));
  const ofServer = parent.allocated();
  const lists = new HeldBlocks(heap);
  const noted: number[] = [];
  const list = heap.locked(() => {
    const made = lists.makeLocked(count, (handle) => noted.push(handle));
    for (const block of blocks) lists.holdLocked(made, block as Handle);
    return made;
  });
  return { parent, heap, blocks, lists, list, noted, ofServer };
}

const references = ({ region }: ParentRegion, handle: number) =>
  region.view.getUint32(handle, true);

test("a list is noted when it exists, is in no ledger, and adds one reference to each block", () => {
  const { parent, heap, blocks, list, noted } = held(3);
  expect(noted).toEqual([list]);
  expect(heap.ledger.count).toBe(0);
  expect(blocks.map((block) => references(parent, block))).toEqual([2, 2, 2]);
});

test("blocks that the server drops stay allocated until the list lets them go", () => {
  const { parent, heap, blocks, lists, list } = held(3);
  const all = parent.allocated();
  for (const block of blocks) parent.count(block, -1);
  expect(parent.allocated()).toBe(all);
  heap.locked(() => lists.letGoLocked(list, () => {}));
  // Neither the list nor a block is left.
  const empty = new ParentRegion();
  expect(parent.allocated()).toBe(empty.allocated());
});

test("blocks that the server still uses stay when the list lets them go", () => {
  const { parent, heap, blocks, lists, list, ofServer } = held(2);
  heap.locked(() => lists.letGoLocked(list, () => {}));
  expect(parent.allocated()).toBe(ofServer);
  expect(blocks.map((block) => references(parent, block))).toEqual([1, 1]);
});

test("the handle of a list is forgotten when its references are gone, and before it is freed", () => {
  const { parent, heap, blocks, lists, list } = held(2);
  let seen: number[] = [];
  heap.locked(() =>
    lists.letGoLocked(list, () => {
      seen = [list, ...blocks].map((block) => references(parent, block));
    }),
  );
  expect(seen).toEqual([1, 1, 1]);
});

test("a block may be in a list twice, and in two lists", () => {
  const { parent, heap, blocks, lists } = held(1);
  const block = blocks[0] as Handle;
  const other = heap.locked(() => {
    const made = lists.makeLocked(2, () => {});
    lists.holdLocked(made, block);
    lists.holdLocked(made, block);
    return made;
  });
  expect(references(parent, block)).toBe(4);
  heap.locked(() => lists.letGoLocked(other, () => {}));
  expect(references(parent, block)).toBe(2);
});

test("an empty list can be made and let go", () => {
  const { parent, heap, lists, list, ofServer } = held(0);
  heap.locked(() => lists.letGoLocked(list, () => {}));
  expect(parent.allocated()).toBe(ofServer);
});

test.each([
  ["beyond the region", 2 ** 31],
  ["within a block", 0],
])("bytes %s are not held, and the list stays as it was", (_what, place) => {
  const { parent, heap, lists, list, blocks, ofServer } = held(1);
  const wrong = place === 0 ? blocks[0]! + 32 : place;
  const more = heap.locked(() => lists.makeLocked(1, () => {}));
  expect(() => heap.locked(() => lists.holdLocked(more, wrong as Handle))).toThrow();
  heap.locked(() => lists.letGoLocked(more, () => {}));
  heap.locked(() => lists.letGoLocked(list, () => {}));
  expect(references(parent, blocks[0]!)).toBe(1);
  expect(parent.allocated()).toBe(ofServer);
});

test("a list that the region has no room for is refused, and nothing is noted", () => {
  const parent = new ParentRegion({ growthBytes: 2 ** 33 });
  const lists = new HeldBlocks(parent.heap);
  const noted: number[] = [];
  const before = parent.allocated();
  expect(() =>
    parent.heap.locked(() => lists.makeLocked(200_000, (list) => noted.push(list))),
  ).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_REGION_/) }));
  expect([noted, parent.allocated()]).toEqual([[], before]);
});
