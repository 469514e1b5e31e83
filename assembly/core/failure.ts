import { fail } from "./host";
import { commit } from "./undo";

/**
 * Why the core ended a call: the first argument of the import `host.fail`.
 *
 * 1 Bounds: an access at or beyond the limit, or a handle outside of the segment.
 *
 * 2 Corrupt: the heap contradicts itself (block size, link, alignment, double free).
 *
 * 3 Argument: an argument of the caller is never valid, whatever the region contains.
 */
export const enum Failure {
  Bounds = 1,
  Corrupt = 2,
  Argument = 3,
}

/**
 * Ends the call: `host.fail` throws in JavaScript. If a host returns from it nevertheless, the trap below ensures
 * that nothing is written after a failed check.
 */
export function refuse(code: Failure, at: u32): void {
  commit();
  fail(code, at);
  unreachable();
}

/** Ends the call because the word at `at` is not possible in a consistent heap. */
export function corrupt(at: u32): void {
  refuse(Failure.Corrupt, at);
}
