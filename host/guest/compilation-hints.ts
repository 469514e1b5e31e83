import { setFlagsFromString } from "node:v8";

const NAME = "compilationHints";
/** The hint for one function: compile it at its first call, with the baseline compiler, and never optimise it. */
const BASELINE_ONLY = 0b01_01_01;
const DEFAULT = 0;

/**
 * Builds the contents of a custom section that keeps functions from being optimised. V8 reads the section directly after the function
 * section if its flag is set (design documents of the proposal "compilation hints"). A V8 without this feature ignores the section.
 * @param functions number of defined functions
 * @param baselineOnly indices among the defined functions
 */
export function compilationHints(functions: number, baselineOnly: readonly number[]): Uint8Array {
  const hints = new Uint8Array(functions).fill(DEFAULT);
  for (const index of baselineOnly) hints[index] = BASELINE_ONLY;
  return Buffer.concat([
    Uint8Array.of(NAME.length),
    Buffer.from(NAME),
    Uint8Array.from(leb128(functions)),
    hints,
  ]);
}

/** Makes the V8 of this process read the hints of all modules that it compiles from now on. */
export function useCompilationHints(): void {
  setFlagsFromString("--experimental-wasm-compilation-hints");
}

/** @returns the shortest LEB128 form of an unsigned 32-bit number */
export function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}
