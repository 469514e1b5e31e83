import { expect, test } from "@jest/globals";
import { OPEN_REQUESTS_MAX } from "../../../host/limits.js";
import { BatchProgress } from "../../../host/stub/shared/batch-progress.js";
import { Mapping } from "../../../host/stub/shared/mapping.js";
import { OPEN_STATE } from "../../../host/stub/shared/mapping-table.js";
import { OpenSlots } from "../../../host/stub/shared/open-slots.js";

const FACTORY = 0x7f12_3456_789a_bcden;

/** The notes in a mapping, in batch 7. */
function notes() {
  const mapping = Mapping.unshared();
  mapping.set("batch_number", 7);
  const read = () => new OpenSlots(mapping, new BatchProgress(mapping));
  return { mapping, read, slots: read() };
}

test("a slot notes the batch, the state and all 64 bits of the response factory", () => {
  const { slots } = notes();
  const slot = slots.take(FACTORY);
  expect([slot.batch, slot.state.value, slot.factory, slot.held]).toEqual([
    7,
    OPEN_STATE.open,
    FACTORY,
    0,
  ]);
});

test("a later executor reads the slots that are in use", () => {
  const { slots, read } = notes();
  const one = slots.take(1n);
  slots.take(2n);
  one.state.value = OPEN_STATE.closed;
  const facts = [...read().used].map(({ factory, state }) => [factory, state.value]);
  expect(facts.sort()).toEqual([
    [1n, OPEN_STATE.closed],
    [2n, OPEN_STATE.open],
  ]);
});

test("a slot that is free but still holds blocks is in use for a later executor", () => {
  const { slots, read } = notes();
  const slot = slots.take(1n);
  slot.held = 4096;
  slot.state.value = OPEN_STATE.free;
  expect([...read().used].map(({ held }) => held)).toEqual([4096]);
  slot.held = 0;
  expect(read().used.size).toBe(0);
});

test("there are as many slots as the limit allows at most, and a released one is taken again", () => {
  const { slots, read } = notes();
  const taken = Array.from({ length: OPEN_REQUESTS_MAX.max }, (_, i) => slots.take(BigInt(i)));
  expect(new Set(taken.map(({ place }) => place)).size).toBe(OPEN_REQUESTS_MAX.max);
  const one = taken[3]!;
  one.state.value = OPEN_STATE.free;
  slots.release(one);
  // Once is enough: the second call must not offer the slot twice.
  slots.release(one);
  const again = slots.take(99n);
  expect(again.place).toBe(one.place);
  expect(read().used.size).toBe(OPEN_REQUESTS_MAX.max);
});

test("a request has a life of its own when its batch was answered with success", () => {
  const { slots, mapping } = notes();
  const slot = slots.take(FACTORY);
  expect([slots.isOfBatch(slot), slots.hasFactory(FACTORY)]).toEqual([true, false]);
  mapping.set("batch_ended", 7);
  expect([slots.isOfBatch(slot), slots.hasFactory(FACTORY)]).toEqual([false, true]);
  expect(slots.hasFactory(FACTORY + 1n)).toBe(false);
});

test("a request of an earlier batch has a life of its own while a later batch is in work", () => {
  const { slots, mapping } = notes();
  const slot = slots.take(FACTORY);
  mapping.set("batch_ended", 7);
  mapping.set("batch_number", 8);
  expect(slots.isOfBatch(slot)).toBe(false);
  slot.state.value = OPEN_STATE.free;
  expect(slots.hasFactory(FACTORY)).toBe(false);
});
