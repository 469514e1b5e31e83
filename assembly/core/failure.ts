import { fail } from "./host";
import { commit } from "./undo";

/**
 * Why the core refused to go on: the first argument of the import `host.fail`.
 *
 * 1 Bounds: an access at or beyond the limit, or a handle outside of the segment.
 *
 * 2 Corrupt: the heap contradicts itself (block size, link, alignment, double free).
 *
 * 3 Argument: what the caller asked for can never be right, whatever the region holds.
 */
export const enum Failure {
  Bounds = 1,
  Corrupt = 2,
  Argument = 3,
}

/**
 * Ends the call: `host.fail` throws in JavaScript. Should a host ever return from it, the trap
 * below keeps the promise that nothing is written after a failed check.
 */
export function refuse(code: Failure, at: u32): void {
  commit();
  fail(code, at);
  unreachable();
}

/** Ends the call because the word at `at` cannot belong to a sound heap. */
export function corrupt(at: u32): void {
  refuse(Failure.Corrupt, at);
}
