import { Failure, failureOf, TestCore } from "../support/region/core-instance.js";
import { checkHeap } from "../support/region/heap-checker.js";

/** Offset of the segment's size in its header (assembly/core/segment.ts). */
const SEGMENT_SIZE = 0x30;

test("the first two names of a new segment get the offsets that every python_backend has", () => {
  const test = TestCore.formatted(1 << 20);
  expect(test.findOrConstruct("shm_mutex", 40, 8)).toBe(184);
  expect(test.findOrConstruct("total size", 8, 8)).toBe(296);
  expect(test.core.heapAllocate(100)).toBe(336);
});

test("a name is only found by all of its bytes", () => {
  const test = TestCore.formatted(4096);
  const offset = test.findOrConstruct("total size", 8, 8);
  expect(test.find("total size")).toBe(offset);
  for (const other of [
    "total sizf",
    "uotal size",
    "total siz",
    "total size ",
    "t",
    "total\0size",
  ]) {
    expect(test.find(other)).toBe(0);
  }
});

test("nothing is found in a segment without names", () => {
  expect(TestCore.formatted(4096).find("x")).toBe(0);
});

test("a name is found while another process is enlarging the segment", () => {
  const test = TestCore.formatted(4096);
  const offset = test.findOrConstruct("total size", 8, 8);
  new DataView(test.bytes().buffer).setBigUint64(SEGMENT_SIZE, 8192n, true);
  expect(failureOf(() => test.core.heapAllocate(100))?.code).toBe(Failure.Bounds);
  expect(test.find("total size")).toBe(offset);
});

test("an existing name is found again, whatever size is requested", () => {
  const test = TestCore.formatted(4096);
  const offset = test.findOrConstruct("one", 8, 8);
  const free = test.core.heapFreeMemory();
  expect(test.findOrConstruct("one", 4000, 16)).toBe(offset);
  expect(test.core.heapFreeMemory()).toBe(free);
});

test("two hundred names of all lengths, bytes and orders are all found", () => {
  const test = TestCore.formatted(1 << 17);
  const offsets = new Map<string, number>();
  for (let step = 0; step < 200; step++) {
    const number = (step * 73) % 200;
    const name = `${String.fromCodePoint(0x41 + number)}${"x".repeat(number % 17)}${number % 3}`;
    offsets.set(name, test.findOrConstruct(name, number, 1 << (number % 6)));
  }
  expect(offsets.size).toBe(200);
  expect(new Set(offsets.values()).size).toBe(200);
  for (const [name, offset] of offsets) expect(test.find(name)).toBe(offset);
  const picture = checkHeap(test.dump());
  expect(new Map(picture.names.map(({ name, value }) => [name, value]))).toEqual(offsets);
});

test("the value of a new name is zero even where the block was used before", () => {
  const test = TestCore.formatted(4096);
  const used = test.core.heapAllocate(500);
  test.bytes().fill(0xff, used, used + 500);
  test.core.heapDeallocate(used);
  const value = test.findOrConstruct("clean", 400, 8);
  expect(
    test
      .bytes()
      .subarray(value, value + 400)
      .every((byte) => byte === 0),
  ).toBe(true);
});

test("a name that does not fit leaves the segment as it was", () => {
  const test = TestCore.formatted(4096);
  const before = test.dump();
  expect(test.findOrConstruct("large", 4096, 8)).toBe(0);
  expect(test.findOrConstruct("huge", 0xffff_ffff, 8)).toBe(0);
  expect(Buffer.compare(test.dump(), before)).toBe(0);
});

test("names of 1 to 65535 bytes are accepted, no others", () => {
  const test = TestCore.formatted(1 << 18);
  const longest = "n".repeat(65_535);
  const offset = test.findOrConstruct(longest, 8, 8);
  expect(test.find(longest)).toBe(offset);
  for (const name of ["", `${longest}n`]) {
    expect(failureOf(() => test.find(name))?.code).toBe(Failure.Argument);
    expect(failureOf(() => test.findOrConstruct(name, 8, 8))?.code).toBe(Failure.Argument);
  }
});

test.each([0, 3, 24, 256])("an alignment of %d is refused for a value", (alignment) => {
  const test = TestCore.formatted(4096);
  expect(failureOf(() => test.findOrConstruct("x", 8, alignment))?.code).toBe(Failure.Argument);
});

test.each([
  ["a value larger than its block", 24, 0xff],
  ["a value of almost 2^64 bytes", 31, 0xff],
  ["a name longer than its block", 33, 0xff],
  ["an alignment of 3", 34, 3],
  ["an alignment beyond the block", 34, 128],
  ["another kind", 35, 0x41],
])("a record with %s is refused", (_what, at, value) => {
  const test = TestCore.formatted(4096);
  const node = test.findOrConstruct("record", 8, 8) - 40;
  test.bytes()[node + at] = value;
  expect(failureOf(() => test.find("record"))?.code).toBe(Failure.Corrupt);
  expect(failureOf(() => test.find("other"))?.code).toBe(Failure.Corrupt);
});
