import type { Random } from "../support/random.js";

/** Where 32 bits, their sign, and the sizes of pages and units end. */
export const EDGES_32: readonly number[] = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_0000, 0xffff_fff0,
  0xffff_fff8, 0xffff_ffff,
];

/** Any 32 bits. */
export function any32(random: Random): number {
  return (random.below(0x1_0000) * 0x1_0000 + random.below(0x1_0000)) >>> 0;
}

/** A number that somebody may have forgotten to expect: at an edge, a little beside it, or any. */
export function hostile32(random: Random): number {
  if (random.once(4)) return any32(random);
  return (random.pick(EDGES_32) + random.below(5) - 2) >>> 0;
}
