import { Failure, failureOf, TestCore } from "../support/region/core-instance.js";
import { checkHeap } from "../support/region/heap-checker.js";

test.each([
  ["alone between two used blocks", [1], 1],
  ["merged into the block before", [0, 1], 1],
  ["merged with the block behind", [2, 1], 1],
  ["merged with both", [0, 2, 1], 1],
  ["merged into by the block behind", [1, 2], 2],
])("a block that is freed twice is detected: %s", (_what, order, again) => {
  const test = TestCore.formatted(4096);
  const held = [0, 1, 2, 3].map(() => test.core.heapAllocate(100));
  for (const index of order) test.core.heapDeallocate(held[index] as number);
  const before = test.dump();
  expect(failureOf(() => test.core.heapDeallocate(held[again] as number))?.code).toBe(
    Failure.Corrupt,
  );
  expect(Buffer.compare(test.dump(), before)).toBe(0);
});

test.each([
  ["0, the protocol's none", 0, Failure.Bounds],
  ["the header", 128, Failure.Bounds],
  ["the end block", 4080, Failure.Bounds],
  ["the limit", 4096, Failure.Bounds],
  ["the largest offset", 0xffff_fff0, Failure.Bounds],
  ["an offset between units", 152, Failure.Corrupt],
  ["the inside of a block", 176, Failure.Corrupt],
  ["a free block", 528, Failure.Corrupt],
])("a free of %s is refused and changes nothing", (_what, offset, code) => {
  const test = TestCore.formatted(4096);
  test.core.heapAllocate(100);
  test.core.heapAllocate(248);
  const before = test.dump();
  expect(failureOf(() => test.core.heapDeallocate(offset))).toMatchObject({ code });
  expect(Buffer.compare(test.dump(), before)).toBe(0);
});

const ALLOCATED = 1n << 63n;
const PREVIOUS_ALLOCATED = 1n << 62n;

test.each([
  ["before", ALLOCATED | 3n, ALLOCATED | PREVIOUS_ALLOCATED | 3n],
  ["behind", ALLOCATED | PREVIOUS_ALLOCATED | 3n, PREVIOUS_ALLOCATED | 3n],
])(
  "a free of stale words like a block's is refused and changes nothing: no block %s",
  (_what, word, nextWord) => {
    const test = TestCore.formatted(4096);
    test.core.heapAllocate(100);
    const view = new DataView(test.memory.buffer);
    view.setBigUint64(1024, 3n, true);
    view.setBigUint64(1024 + 8, word, true);
    view.setBigUint64(1024 + 48 + 8, nextWord, true);
    const before = test.dump();
    expect(failureOf(() => test.core.heapDeallocate(1024 + 16))?.code).toBe(Failure.Corrupt);
    expect(Buffer.compare(test.dump(), before)).toBe(0);
  },
);

test.each([0, 3, 33, 48, 0xffff_ffff])("an alignment of %d is refused", (alignment) => {
  const test = TestCore.formatted(4096);
  expect(failureOf(() => test.core.heapAllocateAligned(8, alignment))?.code).toBe(Failure.Argument);
});

test("requests that can never succeed return no memory and change nothing", () => {
  const test = TestCore.formatted(4096);
  const before = test.dump();
  for (const bytes of [3945, 4096, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff]) {
    expect(test.core.heapAllocate(bytes)).toBe(0);
    expect(test.core.heapAllocateAligned(bytes, 32)).toBe(0);
  }
  expect(test.core.heapAllocateAligned(8, 0x8000_0000)).toBe(0);
  expect(Buffer.compare(test.dump(), before)).toBe(0);
  expect(test.core.heapAllocate(3944)).toBe(144);
});

test("a segment needs at least 192 bytes, and must lie within the limit", () => {
  const test = new TestCore(192, 4096);
  expect(failureOf(() => test.core.heapFormat(191))?.code).toBe(Failure.Argument);
  expect(failureOf(() => test.core.heapFormat(193))?.code).toBe(Failure.Bounds);
  test.core.heapFormat(192);
  checkHeap(test.dump());
  expect(test.core.heapAllocate(40)).toBe(144);
  expect(test.core.heapAllocate(0)).toBe(0);
});

test("growth by less than 64 bytes or beyond the limit is refused and changes nothing", () => {
  const test = new TestCore(4096 + 64, 4096);
  test.core.heapFormat(4096);
  const before = test.dump();
  expect(failureOf(() => test.core.heapGrow(63))?.code).toBe(Failure.Argument);
  for (const extra of [65, 0x8000_0000, 0xffff_ffff]) {
    expect(failureOf(() => test.core.heapGrow(extra))?.code).toBe(Failure.Bounds);
  }
  expect(Buffer.compare(test.dump(), before)).toBe(0);
  test.core.heapGrow(64);
  expect(checkHeap(test.dump()).size).toBe(4160);
});

test("the head of a payload and its last word are zero, as Boost leaves them", () => {
  const test = TestCore.formatted(4096);
  test.bytes().fill(0xff, 192, 4000);
  const offset = test.core.heapAllocate(104);
  const payload = test.bytes().slice(offset, offset + 104);
  expect(payload.subarray(0, 32).every((byte) => byte === 0)).toBe(true);
  expect(payload.subarray(96).every((byte) => byte === 0)).toBe(true);
  expect(payload.subarray(48, 96).every((byte) => byte === 0xff)).toBe(true);
});

test("a heap beyond 2 GiB counts and allocates there", () => {
  const size = 0x8800_0000;
  const test = TestCore.formatted(size);
  expect(test.core.heapFreeMemory() >>> 0).toBe(size - 128);
  expect(test.core.heapAllocate(0x8000_0000)).toBe(144);
  const high = test.core.heapAllocateAligned(1000, 32) >>> 0;
  expect(high).toBeGreaterThan(0x8000_0000);
  test.core.copyBytes(high, 144, 1000);
  test.core.zeroBytes(high, 1000);
  test.core.heapDeallocate(high);
  test.core.heapDeallocate(144);
  expect(test.core.heapAllocatedBytes()).toBe(0);
});
