import { Failure, failureOf, TestCore } from "../support/region/core-instance.js";

const LIMIT = 3 * 1024 * 1024 + 5;
const HUGE = 0xffff_ffff;

function filled(): TestCore {
  const test = new TestCore(LIMIT, 4096);
  const bytes = test.bytes();
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return test;
}

test.each([
  ["a few bytes", 0, 1000, 7],
  ["nothing, at the limit itself", LIMIT, LIMIT, 0],
  ["the last byte", LIMIT - 1, 0, 1],
  ["from the last byte", 0, LIMIT - 1, 1],
  ["more than one piece", 1, 1_500_001, 1_500_004],
  ["exactly one piece", 0, 2_000_000, 524_288],
  ["one piece and a byte", 0, 2_000_000, 524_289],
  ["many pieces, the target a little after the source", 16, 0, LIMIT - 16],
  ["many pieces, the target a little before the source", 0, 16, LIMIT - 16],
  ["many pieces, overlapping by half", 1_000_000, 0, 2_000_000],
  ["a range onto itself", 100, 100, 2_000_000],
])("copyBytes copies %s as memmove does", (_what, target, source, length) => {
  const test = filled();
  const wanted = test.bytes().slice();
  wanted.copyWithin(target, source, source + length);
  test.core.copyBytes(target, source, length);
  expect(Buffer.compare(test.bytes(), wanted)).toBe(0);
});

test.each([
  ["the target ends one byte beyond", LIMIT - 9, 0, 10, LIMIT - 9],
  ["the source ends one byte beyond", 0, LIMIT - 9, 10, LIMIT - 9],
  ["the target begins beyond, even for nothing", LIMIT + 1, 0, 0, LIMIT + 1],
  ["the source begins beyond, even for nothing", 0, LIMIT + 1, 0, LIMIT + 1],
  ["the target's end wraps around 32 bits", HUGE, 0, 2, HUGE],
  ["the source's end wraps around 32 bits", 0, HUGE - 4, 100, HUGE - 4],
  ["the length is everything", 1, 0, HUGE, 1],
])("copyBytes is refused when %s", (_what, target, source, length, at) => {
  const test = filled();
  const before = test.bytes().slice();
  expect(failureOf(() => test.core.copyBytes(target, source, length))).toMatchObject({
    code: Failure.Bounds,
    at,
  });
  expect(Buffer.compare(test.bytes(), before)).toBe(0);
});

test.each([
  ["everything", 0, LIMIT],
  ["the last byte", LIMIT - 1, 1],
  ["nothing, at the limit itself", LIMIT, 0],
])("zeroBytes clears %s and no other byte", (_what, target, length) => {
  const test = filled();
  const wanted = test
    .bytes()
    .slice()
    .fill(0, target, target + length);
  test.core.zeroBytes(target, length);
  expect(Buffer.compare(test.bytes(), wanted)).toBe(0);
});

test.each([
  ["the range ends one byte beyond", 0, LIMIT + 1],
  ["the range begins beyond", LIMIT + 1, 0],
  ["the end wraps around 32 bits", HUGE - 1, 3],
])("zeroBytes is refused when %s", (_what, target, length) => {
  const test = filled();
  const before = test.bytes().slice();
  expect(failureOf(() => test.core.zeroBytes(target, length))?.code).toBe(Failure.Bounds);
  expect(Buffer.compare(test.bytes(), before)).toBe(0);
});

test("the limit may be at most the whole memory", () => {
  const test = new TestCore(0);
  const whole = test.memory.buffer.byteLength;
  test.core.setLimit(whole);
  expect(test.core.getLimit()).toBe(whole);
  test.core.zeroBytes(whole - 1, 1);
  expect(failureOf(() => test.core.setLimit(whole + 1))?.code).toBe(Failure.Argument);
  expect(test.core.getLimit()).toBe(whole);
});

test("a core whose limit was never set refuses every access", () => {
  const test = new TestCore(0);
  for (const call of [
    () => test.core.copyBytes(0, 0, 1),
    () => test.core.zeroBytes(0, 1),
    () => test.core.heapFormat(4096),
    () => test.core.heapAllocate(1),
    () => test.core.heapSize(),
  ]) {
    expect(failureOf(call)?.code).toBe(Failure.Bounds);
  }
});
