import { malformed, type Place, refusedFeature } from "../module-errors.js";

type Range = readonly [from: number, to: number, feature: string, advice: string];

const TYPED = "build without typed function references";

/** Instructions of one byte that the engine knows, or will know, and this backend does not take, by what they belong to. */
const LATER: readonly Range[] = [
  [0x14, 0x15, "a call of a typed function reference", TYPED],
  [0xd3, 0xd3, "ref.eq (garbage collection)", "build without garbage collection"],
  [0xd4, 0xd6, "an instruction of typed function references", TYPED],
  [0xe0, 0xe6, "an instruction of stack switching", "build without stack switching"],
  [0xfa, 0xfa, "an instruction of asm.js", "compile to WebAssembly"],
  [
    0xfb,
    0xfb,
    "an instruction of garbage collection or string references",
    "build to linear memory: without the garbage collection, reference-typed strings and i31 of the host",
  ],
];

/** The same of two parts, from a code on. */
const LATER_LONGER: readonly (readonly [prefix: number, from: number, feature: string])[] = [
  [0xfc, 0x13, "an instruction of wide arithmetic"],
  [0xfd, 0x120, "an instruction of half-precision vectors"],
  [0xfe, 0x4f, "an instruction of shared-everything threads"],
];

/** @returns why an instruction is refused: by the name of its feature, or as none at all */
export function refusedInstruction(place: Place, code: number): Error {
  const range = LATER.find(([from, to]) => code >= from && code <= to);
  if (range === undefined)
    return malformed(place, `there is no instruction 0x${code.toString(16)}`);
  const [, , feature, advice] = range;
  return refusedFeature(place, `${feature} (0x${code.toString(16)})`, advice);
}

/** @returns why an instruction of two parts is refused */
export function unknownLonger(place: Place, prefix: number, code: number): Error {
  const name = `0x${prefix.toString(16)} 0x${code.toString(16)}`;
  const feature = LATER_LONGER.find(([first, from]) => first === prefix && code >= from)?.[2];
  if (feature === undefined) return malformed(place, `there is no instruction ${name}`);
  return refusedFeature(place, `${feature} (${name})`, "build without it");
}
