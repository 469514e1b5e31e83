import fc from "fast-check";
import { TestCore } from "../support/region/core-instance.js";

const SEGMENT = 32_768;
/** Behind everything that the segment may grow to. */
const LOG = 65_536;
const ENTRIES = 512;
const LOG_BYTES = 8 + 16 * ENTRIES;
const UNUSED = 0xffff_ffff;

type Change =
  | { kind: "allocate"; bytes: number }
  | { kind: "free"; pick: number }
  | { kind: "grow"; extra: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("allocate" as const), bytes: fc.nat(600) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("free" as const), pick: fc.nat(1000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("grow" as const),
      extra: fc.integer({ min: 64, max: 3000 }),
    }),
  },
);

/** Runs a change. @returns false when there is nothing to free, and no room to grow */
function run(test: TestCore, held: number[], step: Change): boolean {
  const { core } = test;
  switch (step.kind) {
    case "allocate": {
      const offset = core.heapAllocate(step.bytes) >>> 0;
      if (offset === 0) return false;
      held.push(offset);
      // References, of which each "free" drops one.
      new DataView(test.bytes().buffer).setUint32(offset, 1 + (step.bytes % 2), true);
      return true;
    }
    case "free": {
      if (held.length === 0) return false;
      const index = step.pick % held.length;
      const offset = held[index]!;
      if (new DataView(test.bytes().buffer).getUint32(offset, true) === 1) held.splice(index, 1);
      core.heapDrop(offset);
      return true;
    }
    case "grow": {
      if ((core.heapSize() >>> 0) + step.extra > LOG) return false;
      core.heapGrow(step.extra);
      return true;
    }
  }
}

/** The offsets and words that the log holds, ended or not. */
function entriesOf(bytes: Uint8Array): [at: number, word: bigint][] {
  const view = new DataView(bytes.buffer, LOG, LOG_BYTES);
  const entries: [number, bigint][] = [];
  for (let entry = 8; entry < LOG_BYTES && view.getUint32(entry, true) !== UNUSED; entry += 16) {
    entries.push([view.getUint32(entry, true), view.getBigUint64(entry + 8, true)]);
  }
  return entries;
}

test("the undo log of a change restores every byte of the region", () => {
  let changes = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 40, maxLength: 120 }), (steps) => {
      const test = TestCore.formatted(SEGMENT, LOG - SEGMENT + LOG_BYTES);
      test.core.setLimit(LOG);
      test.core.setUndoLog(LOG, ENTRIES);
      const held: number[] = [];
      for (const step of steps) {
        const bytes = test.bytes();
        bytes.fill(0xff, LOG + 8, LOG + LOG_BYTES);
        const before = bytes.slice(0, LOG);
        if (!run(test, held, step)) continue;
        changes += 1;
        test.core.commit();
        // It has ended: a death after it undoes nothing.
        expect(new DataView(bytes.buffer).getUint32(LOG, true)).toBe(0);
        const after = bytes.slice(0, LOG);
        const view = new DataView(after.buffer);
        for (const [at, word] of entriesOf(bytes).reverse()) view.setBigUint64(at, word, true);
        expect(Buffer.compare(after, before)).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
  expect(changes).toBeGreaterThan(500);
});

test("a refused change leaves an empty undo log", () => {
  const test = TestCore.formatted(SEGMENT, LOG - SEGMENT + LOG_BYTES);
  test.core.setUndoLog(LOG, ENTRIES);
  const offset = test.core.heapAllocate(100) >>> 0;
  test.core.heapDeallocate(offset);
  expect(() => test.core.heapDeallocate(offset)).toThrow();
  expect(new DataView(test.bytes().buffer).getUint32(LOG, true)).toBe(0);
});
