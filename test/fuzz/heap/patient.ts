import { ok, strictEqual } from "node:assert";
import {
  type CoreFailure,
  Failure,
  failureOf,
  TestCore,
} from "../../support/region/core-instance.js";
import { checkHeap } from "../../support/region/heap-checker.js";
import { trustedWords } from "../../support/region/trusted-words.js";

/** Regions grow up to here; the memory behind is nobody's. */
export const CEILING = 49_152;
/** What is compared after each operation; the rest once per case. */
const WINDOW = 65_536;
const CANARY = 0xc5;
const UNIT = 16;
const CONTROL_BYTES = 16;
/** The last word of a payload lies in the next block. */
const LENT_BYTES = 8;
const FIRST_PAYLOAD = 144;

/** What one operation has done. */
export interface Answer {
  readonly failure: CoreFailure | null;
  /** 0 when it has failed. */
  readonly result: number;
}

interface Held {
  readonly offset: number;
  readonly bytes: number;
  readonly mark: number;
}

/** A region on which operations are tried, and what must be true of it. */
export class Patient {
  readonly test = new TestCore(0);
  /** Bytes of the region, and some behind it. */
  readonly memory = this.test.bytes().subarray(0, WINDOW);
  readonly view = new DataView(this.test.memory.buffer);
  /** Whether nobody but the core has written to header, control words or free memory. */
  sound = true;
  private readonly before = new Uint8Array(WINDOW);
  private readonly rest = this.test.bytes().subarray(WINDOW).fill(CANARY);
  private readonly canaries = this.rest.slice();
  private trusted: readonly number[] = [];
  private held: Held[] = [];
  private named = new Set<number>();
  private marks = 0;

  get memoryBytes(): number {
    return WINDOW + this.rest.length;
  }

  get limit(): number {
    return this.test.core.getLimit() >>> 0;
  }

  /** A fresh region that holds `dump`. */
  reset(dump: Uint8Array): void {
    this.memory.fill(CANARY);
    this.memory.set(dump);
    this.test.core.setLimit(dump.length);
    this.sound = true;
    this.marks = 0;
    this.trusted = trustedWords(dump);
    const { blocks, names } = checkHeap(dump);
    const payloads = blocks.filter(({ allocated }) => allocated);
    const isNamed = ({ offset, units }: (typeof blocks)[number]) =>
      names.some(({ value }) => value > offset && value < offset + units * UNIT);
    this.named = new Set(payloads.filter(isNamed).map(({ offset }) => offset + CONTROL_BYTES));
    this.held = payloads
      .filter((block) => !isNamed(block))
      .map(({ offset, units }) => this.mark(offset + CONTROL_BYTES, usable(units)));
  }

  /**
   * Runs an operation, which must not write behind the limit, and nothing at all when it is refused in a sound region.
   * @param isPossible whether the core must take the arguments, whatever the region holds
   */
  attempt(isPossible: boolean, call: () => number | undefined): Answer {
    this.before.set(this.memory);
    let result = 0;
    const failure = failureOf(() => {
      result = (call() ?? 0) >>> 0;
    });
    if (failure !== null) {
      ok(Object.values(Failure).includes(failure.code as 1), failure.message);
      ok(!isPossible || failure.code !== Failure.Argument, "a possible argument was refused");
      if (this.sound) this.requireUnchanged(0);
    } else {
      ok(isPossible, "an impossible argument was taken");
    }
    this.requireUnchanged(this.limit);
    return { failure, result };
  }

  /** Memory beyond what any operation could touch is as it always was. */
  requireCanaries(): void {
    strictEqual(Buffer.compare(this.rest, this.canaries), 0, "it wrote far behind the limit");
    this.requireUnchanged(CEILING);
  }

  /** Memory from `from` on is as before the operation. */
  requireUnchanged(from: number, to = WINDOW): void {
    if (from >= to) return;
    const same = Buffer.compare(this.memory.subarray(from, to), this.before.subarray(from, to));
    ok(same === 0, `it changed bytes of ${from} to ${to}`);
  }

  /** Writes a word: at an even place anywhere, at an odd one where the heap believes what it reads. */
  damage(place: number, value: (at: number) => bigint): void {
    const at =
      place % 2 === 0
        ? place % Math.max(8, this.limit)
        : this.trusted[(place >>> 1) % this.trusted.length]!;
    this.view.setBigInt64(at & ~7, BigInt.asIntN(64, value(at & ~7)), true);
    this.sound = false;
  }

  /** What a name leads to lies within the limit. */
  requireValue(offset: number): void {
    ok(offset === 0 || (offset >= FIRST_PAYLOAD && offset < this.limit), `a value at ${offset}`);
  }

  /** A copy of the bytes before the operation. */
  bytesBefore(from: number, to: number): Uint8Array {
    return this.before.slice(from, to);
  }

  /** Undoes the operation. */
  undo(): void {
    this.memory.set(this.before);
  }

  /** The result of an allocation: in a sound region the payload belongs to nobody else. */
  take(offset: number, bytes: number, alignment: number): void {
    if (offset === 0) return;
    strictEqual(offset % Math.max(UNIT, alignment), 0, `${offset} is not aligned to ${alignment}`);
    ok(offset >= FIRST_PAYLOAD && offset + bytes <= this.limit, `block ${offset} leads out`);
    if (this.sound) this.held.push(this.mark(offset, bytes));
  }

  /** Checks that a sound region does not have a free block of this size. */
  requireFull(bytes: number): void {
    const { blocks } = checkHeap(this.region());
    const room = blocks.some(({ allocated, units }) => !allocated && usable(units) >= bytes);
    ok(!room, `there is room for ${bytes} bytes`);
  }

  /** Offset of a held block; undefined when there is none. */
  pick(number: number): number | undefined {
    return this.held[number % this.held.length]?.offset;
  }

  /** A payload was given back: in a sound region it must have been there, with its bytes. */
  give(offset: number): void {
    if (!this.sound) return;
    const at = this.held.findIndex((block) => block.offset === offset);
    if (at < 0) {
      ok(this.named.has(offset), `${offset} was freed, but is not a block`);
      // The index of names leads to it.
      this.sound = false;
      return;
    }
    const [block] = this.held.splice(at, 1);
    ok(
      this.before.subarray(offset, offset + block!.bytes).every((byte) => byte === block!.mark),
      `the payload at ${offset} was overwritten`,
    );
  }

  /** In a sound region the name's value lies in a block of its own from now on. */
  name(): void {
    if (!this.sound) return;
    const known = new Set([...this.held.map(({ offset }) => offset), ...this.named]);
    for (const { offset, allocated } of checkHeap(this.region()).blocks) {
      if (allocated && !known.has(offset + CONTROL_BYTES)) this.named.add(offset + CONTROL_BYTES);
    }
  }

  /** All invariants of a sound region: exactly the held and named blocks are in use, and hold what they held. */
  check(): void {
    if (!this.sound) return;
    const payloads = checkHeap(this.region()).blocks.filter(({ allocated }) => allocated);
    strictEqual(payloads.length, this.held.length + this.named.size, "blocks in use");
    for (const { offset, bytes, mark } of this.held) {
      const whole = this.memory.subarray(offset, offset + bytes).every((byte) => byte === mark);
      ok(whole, `the payload at ${offset} was overwritten`);
    }
  }

  private region(): Uint8Array {
    return this.memory.slice(0, this.limit);
  }

  private mark(offset: number, bytes: number): Held {
    this.marks = (this.marks % 100) + 1;
    this.memory.fill(this.marks, offset, offset + bytes);
    return { offset, bytes, mark: this.marks };
  }
}

function usable(units: number): number {
  return units * UNIT - CONTROL_BYTES + LENT_BYTES;
}
