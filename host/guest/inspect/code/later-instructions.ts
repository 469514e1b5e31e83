import { malformed, type Place, refusedFeature } from "../module-errors.js";

type Range = readonly [from: number, to: number, feature: string, advice: string];

const TYPED = "build without typed function references";

/** One-byte instructions of later proposals, which this backend does not accept, by the feature that they belong to. */
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
    "compile to linear memory, without garbage collection, string references and i31 references",
  ],
];

/** The same for instructions with a prefix byte: all opcodes from `from` on. */
const LATER_LONGER: readonly (readonly [prefix: number, from: number, feature: string])[] = [
  [0xfc, 0x13, "an instruction of wide arithmetic"],
  [0xfd, 0x120, "an instruction of half-precision vectors"],
  [0xfe, 0x4f, "an instruction of shared-everything threads"],
];

/** @returns the error for a refused instruction: it names the feature, or reports an unknown instruction */
export function refusedInstruction(place: Place, code: number): Error {
  const range = LATER.find(([from, to]) => code >= from && code <= to);
  if (range === undefined) return malformed(place, `unknown instruction 0x${code.toString(16)}`);
  const [, , feature, advice] = range;
  return refusedFeature(place, `${feature} (0x${code.toString(16)})`, advice);
}

/** @returns the error for a refused instruction with a prefix byte */
export function unknownLonger(place: Place, prefix: number, code: number): Error {
  const name = `0x${prefix.toString(16)} 0x${code.toString(16)}`;
  const feature = LATER_LONGER.find(([first, from]) => first === prefix && code >= from)?.[2];
  if (feature === undefined) return malformed(place, `unknown instruction ${name}`);
  return refusedFeature(place, `${feature} (${name})`, "build without it");
}
