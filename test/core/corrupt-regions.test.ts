import { Random } from "../support/random.js";
import { Failure, failureOf, TestCore } from "../support/region/core-instance.js";
import { checkHeap } from "../support/region/heap-checker.js";
import { dumps } from "../support/region/heap-traces.js";
import { trustedWords } from "../support/region/trusted-words.js";

const CANARY = 0xc5;

/** A region after `dump`, and behind it bytes that nobody may touch. */
class Patient {
  private readonly test: TestCore;
  private readonly payloads: number[];
  calls = 0;
  failures = 0;

  constructor(private readonly dump: Uint8Array) {
    this.test = TestCore.over(dump, 1 << 20);
    this.test.bytes().fill(CANARY, dump.length);
    const { blocks } = checkHeap(dump);
    this.payloads = blocks.filter((block) => block.allocated).map((block) => block.offset + 16);
  }

  /** Does `damage` to the dump, then calls everything; a trap would pass through `failureOf`. */
  suffer(damage: (view: DataView) => void, salt: number): void {
    const { core } = this.test;
    this.test.bytes().set(this.dump);
    damage(new DataView(this.test.memory.buffer, 0, this.dump.length));
    const payload = this.payloads[salt % this.payloads.length] ?? 144;
    this.attempt(() => core.heapAllocate(40 + (salt % 400)));
    this.attempt(() => core.heapDeallocate(payload));
    this.attempt(() => core.heapAllocateAligned(salt % 700, 32));
    this.attempt(() => this.test.find("shm_mutex"));
    this.attempt(() => this.test.findOrConstruct("new", 20, 8));
    this.attempt(() => core.heapFreeMemory());
    this.attempt(() => core.heapAllocatedBytes());
    this.attempt(() => core.heapGrow(64));
    for (const each of this.payloads) this.attempt(() => core.heapDeallocate(each));
    this.attempt(() => core.heapAllocate(1));
  }

  private attempt(call: () => unknown): void {
    this.calls += 1;
    const failure = failureOf(call);
    if (failure === null) return;
    this.failures += 1;
    const known = failure.code === Failure.Bounds || failure.code === Failure.Corrupt;
    if (!known) throw failure;
  }

  untouchedBeyondLimit(): boolean {
    return this.test
      .bytes()
      .subarray(this.dump.length)
      .every((byte) => byte === CANARY);
  }
}

/** Values that lead elsewhere: null, itself, headers, a cycle, between blocks, beyond, far beyond. */
function hostileWords(at: number, original: bigint, dump: Uint8Array): bigint[] {
  const to = (target: number): bigint => BigInt(target - at);
  return [
    0n,
    1n,
    3n,
    -1n,
    original ^ 2n,
    original ^ (1n << 63n),
    original ^ (1n << 62n),
    original + 16n,
    original - 1n,
    original | (1n << 32n),
    to(8),
    to(0x40),
    to(144),
    to((at & ~15) - 16),
    to(dump.length - 32),
    to(dump.length),
    to(dump.length + 4096),
    to(-4096),
    to(0xffff_fff0),
    BigInt.asIntN(64, 1n << 62n),
    (1n << 62n) - 1n,
    (1n << 63n) - 1n,
  ].map((value) => BigInt.asIntN(64, value));
}

test.each(dumps)("$sequence.name: any one hostile word is survived or refused", ({ dump }) => {
  const patient = new Patient(dump);
  const words = trustedWords(dump);
  // The large dumps have thousands of words; a stride that is prime to 7 visits all kinds.
  const stride = Math.max(1, 1 + 3 * Math.floor(words.length / 300));
  for (let index = 0; index < words.length; index += index < 60 ? 1 : stride) {
    const at = words[index] as number;
    const original = new DataView(dump.buffer, dump.byteOffset).getBigInt64(at, true);
    for (const value of hostileWords(at, original, dump)) {
      patient.suffer((view) => view.setBigInt64(at, value, true), at + index);
    }
  }
  expect(patient.failures).toBeGreaterThan(0);
  expect(patient.untouchedBeyondLimit()).toBe(true);
});

test.each(dumps)("$sequence.name: random flips of bytes are survived or refused", ({ dump }) => {
  const patient = new Patient(dump);
  const words = trustedWords(dump);
  const random = new Random(12_345);
  for (let round = 0; round < 300; round++) {
    patient.suffer((view) => {
      for (let flips = 1 + random.below(6); flips > 0; flips--) {
        const at = random.pick(words) + random.below(8);
        view.setUint8(at, view.getUint8(at) ^ (1 << random.below(8)));
      }
    }, random.below(10_000));
  }
  expect(patient.untouchedBeyondLimit()).toBe(true);
});

test("a region of random bytes is refused", () => {
  const patient = new Patient(dumps[0]?.dump as Uint8Array);
  patient.suffer((view) => {
    for (let at = 0; at < view.byteLength; at++) view.setUint8(at, (at * 167 + 13) & 0xff);
  }, 1);
  expect(patient.failures).toBe(patient.calls);
  expect(patient.untouchedBeyondLimit()).toBe(true);
});

test("a cycle in the free tree ends the call", () => {
  const test = TestCore.formatted(4096);
  const held = [1, 2, 3, 4, 5, 6].map((step) => test.core.heapAllocate(100 * step));
  for (const offset of [held[0], held[2], held[4]]) test.core.heapDeallocate(offset as number);
  const view = new DataView(test.memory.buffer);
  const root = 8 + Number(view.getBigInt64(8, true) & ~2n);
  for (const side of [8, 16]) {
    const damaged = TestCore.over(test.dump());
    new DataView(damaged.memory.buffer).setBigInt64(root + side, BigInt(-side), true);
    const bytes = side === 8 ? 1 : 4000;
    expect(failureOf(() => damaged.core.heapAllocate(bytes))?.code).toBe(Failure.Corrupt);
  }
});

test("a segment that claims to be larger than the mapping is out of bounds", () => {
  const test = TestCore.formatted(4096);
  test.core.setLimit(4080);
  expect(failureOf(() => test.core.heapAllocate(1))).toMatchObject({
    code: Failure.Bounds,
    at: 0x30,
  });
});
