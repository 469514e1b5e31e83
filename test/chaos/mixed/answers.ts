import type { Tensor } from "../../support/triton/tensors.js";

/** Errors of a model that is not there at the moment. */
export const RELOADING = /not ready|not found|unavailable|unloaded|no available versions/;
/** Errors of a guest that fails on purpose, or beside one that does. */
export const FAILING = /trapped|exceeded its wasm_execute_deadline_ms|executor died/;
/** The answers to calls that a guest has left may not have come yet. */
export const TOO_MANY = /wasm_calls_max allows/;
export const NEVER = /(?!)/;

export function any(...expected: readonly RegExp[]): RegExp {
  return new RegExp(expected.map(({ source }) => source).join("|"), "i");
}

export function nameOf(modes: Readonly<Record<string, number>>, mode: number): string {
  return Object.keys(modes).find((name) => modes[name] === mode)!;
}

export function isSame(bytes: Uint8Array, expected: Uint8Array | undefined): boolean {
  return expected !== undefined && Buffer.compare(bytes, expected) === 0;
}

export function shown(responses: readonly Uint8Array[]): string {
  return responses
    .map((bytes) => `[${new Float32Array(Uint8Array.from(bytes).buffer).join(" ")}]`)
    .join(" ");
}

/** `count` responses, each with the bytes of the input. */
export function copies({ bytes }: Tensor, count: number): Uint8Array[] {
  return Array(count).fill(bytes);
}

/** A response for each element of the input. */
export function elementsOf({ bytes, shape }: Tensor): Uint8Array[] {
  return Array.from({ length: shape[0]! }, (_, index) => bytes.subarray(4 * index, 4 * index + 4));
}
