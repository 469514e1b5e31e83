import { TestCore } from "../support/region/core-instance.js";
import { checkHeap } from "../support/region/heap-checker.js";
import { dumps, replay, sequences } from "../support/region/heap-traces.js";

const word = (bytes: Uint8Array, at: number): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);

test.each(sequences)("$name: every operation ends as it did in Boost", (sequence) => {
  const core = TestCore.formatted(sequence.initial_size);
  expect(core.core.heapFreeMemory() >>> 0).toBe(sequence.initial_free);
  sequence.ops.forEach((op, index) => {
    const outcome = replay(core, op);
    // A plain comparison first: 20 000 matchers would take longer than the heap.
    if (outcome.join() !== op.join()) expect({ index, op: outcome }).toEqual({ index, op });
  });
  expect(core.core.heapSize() >>> 0).toBe(sequence.final_size);
  expect(core.core.heapFreeMemory() >>> 0).toBe(sequence.final_free);
  expect(core.core.heapAllocatedBytes() >>> 0).toBe(
    sequence.final_size - sequence.final_free - 128,
  );
  checkHeap(core.dump());
});

test.each(dumps)("$sequence.name: a dump of Boost passes the checker", ({ sequence, dump }) => {
  const picture = checkHeap(dump);
  expect(picture.size - picture.allocatedBytes - 128).toBe(sequence.final_free);
});

test.each(dumps)("$sequence.name: a replay leaves the bytes that Boost left", (golden) => {
  const { sequence, dump } = golden;
  const core = TestCore.formatted(sequence.initial_size);
  for (const op of sequence.ops) replay(core, op);
  // The mutex is the one value that Boost's program initialised: its kind is 0x90.
  const mutex = checkHeap(dump).names.find(({ name }) => name === "shm_mutex");
  if (mutex !== undefined) core.bytes()[mutex.value + 16] = 0x90;
  const own = core.dump();
  expect(own.length).toBe(dump.length);
  expect(checkHeap(own)).toEqual(checkHeap(dump));
  const inUse = new Set(checkHeap(dump).blocks.map(({ offset }) => offset));
  for (let at = 0; at + 8 <= dump.length; at += 8) {
    if (word(own, at) === word(dump, at)) continue;
    // The one deviation: the core clears the control word of a block that is merged into the one before.
    expect({ at, word: word(own, at), block: inUse.has(at - 8) }).toEqual({
      at,
      word: 0n,
      block: false,
    });
  }
});

test.each(dumps)(
  "$sequence.name: a dump of Boost is a heap to go on with",
  ({ sequence, dump }) => {
    const core = TestCore.over(dump);
    const before = checkHeap(dump);
    for (const { name, value } of before.names) expect(core.find(name)).toBe(value);
    expect(core.find("no_such_object")).toBe(0);
    expect(core.core.heapFreeMemory() >>> 0).toBe(sequence.final_free);
    const taken: number[] = [];
    for (const bytes of [0, 40, 41, 100, 333]) {
      for (const offset of [
        core.core.heapAllocate(bytes),
        core.core.heapAllocateAligned(bytes, 32),
      ]) {
        if (offset !== 0) taken.push(offset);
        checkHeap(core.dump());
      }
    }
    core.grow(65_536);
    checkHeap(core.dump());
    for (const offset of taken) core.core.heapDeallocate(offset);
    expect(checkHeap(core.dump()).allocatedBytes).toBe(before.allocatedBytes);
  },
);
