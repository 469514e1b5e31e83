import { setFlagsFromString } from "node:v8";

const NAME = "compilationHints";
/** What one byte says of a function: compile at its first call, with the first compiler, and with no other one after it. */
const BASELINE_ONLY = 0b01_01_01;
const DEFAULT = 0;

/**
 * Contents of a custom section that keeps functions from being optimised. V8 reads it, when its flag is set, right after the function
 * section (design documents of the proposal "compilation hints"); a V8 that does not know it ignores it.
 * @param functions that are defined @param baselineOnly indices among them
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

/** From here on this process's V8 reads the hints of modules that it compiles. */
export function useCompilationHints(): void {
  setFlagsFromString("--experimental-wasm-compilation-hints");
}

/** @returns the shortest form of an unsigned number of 32 bits */
export function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}
