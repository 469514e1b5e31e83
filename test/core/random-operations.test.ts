import fc from "fast-check";
import { TestCore } from "../support/region/core-instance.js";
import { checkHeap } from "../support/region/heap-checker.js";

const SIZE = 16_384;

type Step =
  | { kind: "allocate"; bytes: number }
  | { kind: "aligned"; bytes: number; alignment: number }
  | { kind: "free"; pick: number }
  | { kind: "grow"; extra: number }
  | { kind: "name"; name: string; bytes: number };

const bytes = fc.oneof(fc.nat(80), fc.nat(1500), fc.constantFrom(8, 9, 40, 41, 56, 57));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("allocate" as const), bytes }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("aligned" as const),
      bytes,
      alignment: fc.constantFrom(1, 16, 32, 64, 256),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("free" as const), pick: fc.nat(1000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("grow" as const),
      extra: fc.integer({ min: 64, max: 3000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("name" as const),
      name: fc.string({ minLength: 1, maxLength: 3 }),
      bytes: fc.nat(60),
    }),
  },
);

interface Held {
  offset: number;
  bytes: number;
  mark: number;
}

/** What a heap must be to its users: blocks that keep their bytes. Every payload is filled with its mark. */
class Model {
  readonly test = TestCore.formatted(SIZE);
  readonly held: Held[] = [];
  readonly names = new Map<string, number>();
  private marks = 0;

  run(step: Step): void {
    const { core } = this.test;
    switch (step.kind) {
      case "allocate":
        this.take(core.heapAllocate(step.bytes), step.bytes, 16);
        break;
      case "aligned": {
        const offset = core.heapAllocateAligned(step.bytes, step.alignment);
        this.take(offset, step.bytes, Math.max(16, step.alignment));
        break;
      }
      case "free":
        this.give(step.pick);
        break;
      case "grow":
        this.test.grow(step.extra);
        break;
      case "name": {
        const known = this.names.get(step.name) ?? 0;
        const found = this.test.findOrConstruct(step.name, step.bytes, 8);
        if (known !== 0) expect(found).toBe(known);
        if (found !== 0) this.names.set(step.name, found);
      }
    }
  }

  private take(offset: number, bytes: number, alignment: number): void {
    if (offset === 0) return;
    if (offset % alignment !== 0) throw new Error(`${offset} is not aligned to ${alignment}`);
    this.marks = (this.marks % 255) + 1;
    this.test.bytes().fill(this.marks, offset, offset + bytes);
    this.held.push({ offset, bytes, mark: this.marks });
  }

  private give(pick: number): void {
    const [block] = this.held.splice(pick % Math.max(1, this.held.length), 1);
    if (block === undefined) return;
    const payload = this.test.bytes().subarray(block.offset, block.offset + block.bytes);
    if (payload.some((byte) => byte !== block.mark)) throw new Error("a payload was overwritten");
    this.test.core.heapDeallocate(block.offset);
  }

  /** The blocks in use are exactly the held ones and the named ones, each large enough. */
  check(): void {
    const picture = checkHeap(this.test.dump());
    const usable = new Map<number, number>();
    for (const { offset, units, allocated } of picture.blocks) {
      if (allocated) usable.set(offset + 16, units * 16 - 8);
    }
    if (usable.size !== this.held.length + this.names.size) throw new Error("blocks in use");
    for (const { offset, bytes } of this.held) {
      if ((usable.get(offset) ?? -1) < bytes) throw new Error(`block ${offset} is too small`);
    }
    expect(new Map(picture.names.map(({ name, value }) => [name, value]))).toEqual(this.names);
  }

  freeAll(): void {
    while (this.held.length > 0) this.give(this.held.length >> 1);
  }
}

test("random operations keep payloads apart, every invariant, and lose no byte", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      const model = new Model();
      steps.forEach((one, index) => {
        model.run(one);
        if (index % 8 === 0) model.check();
      });
      model.check();
      model.freeAll();
      model.check();
      const { core } = model.test;
      if (model.names.size === 0) {
        expect(core.heapAllocatedBytes()).toBe(0);
        expect(core.heapFreeMemory()).toBe(core.heapSize() - 128);
      }
    }),
    { numRuns: 1_000 },
  );
});
