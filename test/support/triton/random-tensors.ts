import type { Random } from "../random.js";
import { DATATYPES, type Datatype, elementCount } from "./tensors.js";

/** Chance of a zero among the dimensions, and of an empty string among the elements of a BYTES tensor. */
const ZERO_DIMENSION = 0.05;
const EMPTY_ELEMENT = 0.2;
const MAX_BYTES_ELEMENTS = 50_000;

/** [share of the tensors, largest size in bytes]: few are large, or thousands of tensors would take hours. */
const SIZE_CLASSES: readonly (readonly [number, number])[] = [
  [0.9, 4 * 1024],
  [0.99, 256 * 1024],
  [1, Number.POSITIVE_INFINITY],
];

/**
 * Shape and content of a random tensor of at most `maxBytes`: sizes spread over the orders of magnitude and mostly
 * small, sometimes a dimension of zero, every bit pattern (BOOL: 0 and 1; BYTES: well framed, with NULs and empty
 * elements). Rank 0 is a scalar.
 */
export function randomTensor(
  random: Random,
  datatype: Datatype,
  rank: number,
  maxBytes: number,
): { shape: number[]; bytes: Uint8Array } {
  const byteSize = randomSize(random, maxBytes);
  const zeroAt =
    rank > 0 && random.fraction() < ZERO_DIMENSION ? Math.floor(random.fraction() * rank) : -1;
  const elementSize = DATATYPES[datatype];
  const elements =
    elementSize === undefined
      ? logUniform(random, Math.min(byteSize / 4, MAX_BYTES_ELEMENTS))
      : byteSize / elementSize;
  const shape = randomShape(random, rank, Math.max(1, Math.floor(elements)));
  if (zeroAt >= 0) shape[zeroAt] = 0;
  const count = elementCount(shape);
  if (elementSize === undefined)
    return { shape, bytes: randomBytesTensor(random, count, byteSize) };
  const bytes = new Uint8Array(count * elementSize);
  random.fill(bytes);
  if (datatype === "BOOL") for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) & 1;
  return { shape, bytes };
}

function randomSize(random: Random, maxBytes: number): number {
  const draw = random.fraction();
  const [, largest] = SIZE_CLASSES.find(([share]) => draw < share) ?? [1, maxBytes];
  return logUniform(random, Math.min(largest, maxBytes));
}

/** From 1 to `max`, each order of magnitude as likely as any other. */
function logUniform(random: Random, max: number): number {
  return Math.max(1, Math.floor(Math.exp(random.fraction() * Math.log(Math.max(1, max)))));
}

/** Dimensions whose product comes close to `elements` from below. */
function randomShape(random: Random, rank: number, elements: number): number[] {
  const weights = Array.from({ length: rank }, () => random.fraction());
  const sum = weights.reduce((total, weight) => total + weight, 0) || 1;
  const shape = weights.map((weight) => Math.max(1, Math.floor(elements ** (weight / sum))));
  if (rank > 0) {
    const last = Math.floor(random.fraction() * rank);
    const others = elementCount(shape) / (shape[last] ?? 1);
    shape[last] = Math.max(1, Math.floor(elements / others));
  }
  return shape;
}

/** `count` elements, each with its length before it; about `byteSize` bytes in all. */
function randomBytesTensor(random: Random, count: number, byteSize: number): Uint8Array {
  const mean = Math.max(0, byteSize / Math.max(1, count) - 4);
  const lengths = Array.from({ length: count }, () =>
    random.fraction() < EMPTY_ELEMENT ? 0 : Math.floor(random.fraction() * 2 * mean),
  );
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + 4 + length, 0));
  random.fill(bytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const length of lengths) {
    view.setUint32(at, length, true);
    at += 4 + length;
    // An end in NUL is what careless code cuts off.
    if (length > 0 && random.fraction() < 0.25) bytes[at - 1] = 0;
  }
  return bytes;
}
