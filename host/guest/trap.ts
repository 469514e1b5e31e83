import { messageOf, StubError } from "../errors.js";
import { MEMORY_MAX_BYTES, TRAP_MEMORY_SHARE } from "../limits.js";
import { printable } from "../text.js";
import { PAGE_BYTES } from "./clamp.js";
import type { GuestModule } from "./module.js";
import { describeFrames } from "./trap-frames.js";

/** What is known of a call that an error of the engine has ended. */
export interface TrappedCall {
  /** Which export. */
  readonly where: string;
  readonly error: unknown;
  readonly guest: GuestModule;
  /** Size of the guest's memory; undefined while it has none. */
  readonly memoryBytes: number | undefined;
  /** The guest's own words of it, behind a phrase that introduces them: "it said: …". */
  readonly words: string | undefined;
}

/**
 * Makes the error of a call that trapped, overflowed its stack or threw an exception. What the host knows stands in front of the
 * guest's own words, which can then neither forge it nor push it off the end of the line.
 */
export function trapError(call: TrappedCall): StubError {
  const { where, error, words } = call;
  const facts = isStackOverflow(error) ? [] : memoryFacts(call);
  return new StubError(
    isStackOverflow(error) ? "ERR_GUEST_STACK" : "ERR_GUEST_TRAP",
    printable(
      [`the model ${whatHappened(call)}`, ...facts, ...(words === undefined ? [] : [words])].join(
        "; ",
      ),
    ),
    { where },
    error,
  );
}

/** Whether the engine has thrown because the stack is used up. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function whatHappened({ where, error, guest }: TrappedCall): string {
  // What it carries is known to the guest's own runtime only, and the engine keeps no frames of it.
  if (error instanceof WebAssembly.Exception) {
    return `threw an exception in ${where} that it does not catch`;
  }
  const frames = error instanceof Error ? describeFrames(error, guest) : undefined;
  const place = frames === undefined ? "" : ` (at ${frames})`;
  const verb = isStackOverflow(error) ? "overflowed its stack" : "trapped";
  return `${verb} in ${where}: ${messageOf(error)}${place}`;
}

/** Of a guest near the end of its memory: compilers make a failed allocation a trap like any other. */
function memoryFacts({ guest, memoryBytes = 0 }: TrappedCall): string[] {
  const { min, max = Number.POSITIVE_INFINITY } = guest.facts.memory;
  const declared = max * PAGE_BYTES;
  const allowed = Math.min(declared, guest.memoryMaxBytes);
  // A memory that was built never to grow is always at its end.
  if (memoryBytes < allowed * TRAP_MEMORY_SHARE || max === min) return [];
  const reason =
    declared < guest.memoryMaxBytes
      ? "that its module declares as its maximum"
      : `that ${MEMORY_MAX_BYTES.parameter} allows`;
  return [`its memory has ${memoryBytes} of the ${allowed} bytes ${reason}`];
}
