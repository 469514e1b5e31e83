import { printable } from "./text.js";

/** The stable codes of all errors of this program. docs/errors.md has an entry for each. */
export type ErrorCode =
  /** The command line of `triton-wasm-backend` is wrong. */
  | "ERR_USAGE"
  /** The machine, the installation or an operator's setting does not allow what was asked. */
  | "ERR_ENVIRONMENT"
  /** A call of the C library failed. */
  | "ERR_SYSTEM_CALL"
  /** A shared-memory region is too large for 32-bit WebAssembly. */
  | "ERR_REGION_SIZE"
  /** A position in shared memory lies outside of the region. */
  | "ERR_REGION_BOUNDS"
  /** The region has no room for a block, and cannot grow. */
  | "ERR_REGION_FULL"
  /** The heap of the region is damaged. */
  | "ERR_HEAP_CORRUPT"
  /** A process died while it held a mutex of the region. */
  | "ERR_LOCK_OWNER_DEAD"
  /** A message queue of the region has an impossible position. */
  | "ERR_QUEUE_CORRUPT"
  /** The release of the server cannot be detected. */
  | "ERR_RELEASE_UNKNOWN"
  /** The server is not of the release that it is taken for, or of one that this backend does not support. */
  | "ERR_RELEASE_UNSUPPORTED"
  /** A message of the server has a value that no supported release writes. */
  | "ERR_MESSAGE_INVALID"
  /** A field or parameter of the model's configuration is wrong. */
  | "ERR_CONFIG_FIELD"
  /** The model's file cannot be read. */
  | "ERR_MODEL_MISSING"
  /** The model's file is not a WebAssembly module that this backend accepts. */
  | "ERR_MODEL_INVALID"
  /** The files beside the model cannot be given to its guest. */
  | "ERR_MODEL_FILES"
  /** The module imports something that this backend does not offer. */
  | "ERR_GUEST_IMPORT"
  /** The module lacks an export of the guest ABI, or has it with another type. */
  | "ERR_GUEST_EXPORT"
  /** The module begins with more memory or table entries than the model may have. */
  | "ERR_GUEST_LIMIT"
  /** The guest trapped. */
  | "ERR_GUEST_TRAP"
  /** The guest used up its stack. */
  | "ERR_GUEST_STACK"
  /** The guest called WASI's `proc_exit`. */
  | "ERR_GUEST_EXIT"
  /** The guests of an instance failed too often, so it answers without a try for a while. */
  | "ERR_GUEST_UNAVAILABLE"
  /** The guest returned a status other than 0. */
  | "ERR_GUEST_FAILED"
  /** The guest passed a pointer or an index that is out of range. */
  | "ERR_GUEST_POINTER"
  /** The guest passed a value that the host function does not accept. */
  | "ERR_GUEST_ARGUMENT"
  /** The guest created an output whose name, shape, datatype or bytes are wrong, or too large. */
  | "ERR_GUEST_OUTPUT"
  /** The server or this backend refused a metric of the model. */
  | "ERR_METRIC_REFUSED"
  /** The server or this backend refused a call of another model, or a change of the server's models. */
  | "ERR_CALL_REFUSED";

/**
 * The only error class of this project. `message` is a whole sentence for a user: what was wrong, where, what to do. It may quote texts of
 * an attacker, so the constructor makes it {@link printable}. `details` holds the facts of the sentence. Code distinguishes errors by
 * `code`, never by the text.
 *
 * The rooms libc, shm, wire, release, log, channel and stub compose their sentences in files named `errors.ts`: one function for each
 * sentence (test/docs/errors.test.ts). The other rooms have similar files (host/guest/inspect/module-errors.ts), or compose a sentence at
 * its only throw.
 */
export class StubError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(printable(message), cause === undefined ? undefined : { cause });
    this.name = "StubError";
    this.code = code;
    this.details = details;
  }
}

/** The text of any thrown value as one line: the message of an Error, otherwise the value as a string. */
export function messageOf(thrown: unknown): string {
  return printable(thrown instanceof Error ? thrown.message : String(thrown));
}
