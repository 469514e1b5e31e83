import { messageOf, StubError } from "../errors.js";
import { MEMORY_MAX_BYTES, TRAP_MEMORY_SHARE } from "../limits.js";
import { printable } from "../text.js";
import { PAGE_BYTES } from "./clamp.js";
import type { GuestModule } from "./module.js";
import { describeFrames } from "./trap-frames.js";

/** A call that ended with an error of the engine. */
export interface TrappedCall {
  /** Name of the export. */
  readonly where: string;
  readonly error: unknown;
  readonly guest: GuestModule;
  /** Size of the guest's memory in bytes; undefined before the memory exists. */
  readonly memoryBytes: number | undefined;
  /** What the guest itself reported, with an introduction: "it reported: …". */
  readonly words: string | undefined;
}

/**
 * Creates the error for a call that trapped, overflowed its stack or threw an exception. The facts of the host come before the guest's
 * own text, so that text can neither forge them nor push them off the end of the line.
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

/** Whether the engine threw the error because the stack is full. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function whatHappened({ where, error, guest }: TrappedCall): string {
  // Only the guest's own runtime can read the values of the exception, and the engine keeps no frames for it.
  if (error instanceof WebAssembly.Exception) {
    return `threw an uncaught exception in ${where}`;
  }
  const frames = error instanceof Error ? describeFrames(error, guest) : undefined;
  const place = frames === undefined ? "" : ` (at ${frames})`;
  const verb = isStackOverflow(error) ? "overflowed its stack" : "trapped";
  return `${verb} in ${where}: ${messageOf(error)}${place}`;
}

/** Describes a memory that is nearly full: compilers turn a failed allocation into an ordinary trap. */
function memoryFacts({ guest, memoryBytes = 0 }: TrappedCall): string[] {
  const { min, max = Number.POSITIVE_INFINITY } = guest.facts.memory;
  const declared = max * PAGE_BYTES;
  const allowed = Math.min(declared, guest.memoryMaxBytes);
  // A memory that can never grow is always full.
  if (memoryBytes < allowed * TRAP_MEMORY_SHARE || max === min) return [];
  const reason =
    declared < guest.memoryMaxBytes
      ? "that its module declares as its maximum"
      : `that ${MEMORY_MAX_BYTES.parameter} allows`;
  return [`its memory has ${memoryBytes} of the ${allowed} bytes ${reason}`];
}
