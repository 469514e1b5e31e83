import type { Random } from "../support/random.js";

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Numbers at which readers go wrong. */
const EDGES = [
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x3fff,
  0x4000,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** One small change of any kind of bytes. @param others to take pieces from */
export function mutate(
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  const mutations: readonly Mutation[] = [
    flipBit,
    flipBit,
    setByte,
    insertNumber,
    replaceNumber,
    stretchNumber,
    remove,
    repeat,
    truncate,
    (self) => splice(self, random.pick(others), random),
  ];
  return random.pick(mutations)(bytes, random);
}

/** `bytes` with those from `from` to `to` replaced. */
export function replace(
  bytes: Uint8Array,
  from: number,
  to: number,
  by: ArrayLike<number>,
): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + by.length);
  result.set(bytes.subarray(0, from));
  result.set(by, from);
  result.set(bytes.subarray(to), from + by.length);
  return result;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  return replace(bytes, at, at + 1, [bytes[at]! ^ (1 << random.below(8))]);
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, Math.min(at + 1, bytes.length), [random.below(256)]);
}

function insertNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, at, number(random));
}

function replaceNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, Math.min(at + 1, bytes.length), number(random));
}

/** Writes one byte as LEB128 of the same value in more bytes, sometimes in too many or with surplus bits. */
function stretchNumber(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const fill = random.pick([0x80, 0x80, 0xff]);
  const last = random.pick([0, 0, 0, 0x7f, 0x0f, 0x10, 0x40, 0x78]);
  const middle = new Array<number>(random.below(11)).fill(fill);
  return replace(bytes, at, at + 1, [bytes[at]! | 0x80, ...middle, last]);
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(bytes, random);
  return replace(bytes, from, to, []);
}

function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(bytes, random);
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, at, bytes.subarray(from, to));
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function splice(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const [from, to] = range(other, random);
  const at = random.below(bytes.length + 1);
  const end = random.once(2) ? at : Math.min(bytes.length, at + to - from);
  return replace(bytes, at, end, other.subarray(from, to));
}

/** Mostly short. */
function range(bytes: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  const longest = random.once(4) ? bytes.length : 12;
  return [from, Math.min(bytes.length, from + random.below(longest + 1))];
}

function number(random: Random): number[] {
  const bytes: number[] = [];
  let rest = random.once(3) ? random.below(300) : random.pick(EDGES);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
