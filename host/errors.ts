import { printable } from "./text.js";

/** Every way in which this program fails, by a stable code. The sentence of each is composed here, nowhere else. */
export type ErrorCode =
  | "ERR_USAGE"
  | "ERR_ENVIRONMENT"
  | "ERR_SYSTEM_CALL"
  | "ERR_REGION_OPEN"
  | "ERR_REGION_SIZE"
  | "ERR_REGION_BOUNDS"
  | "ERR_REGION_FULL"
  | "ERR_HEAP_CORRUPT"
  | "ERR_LOCK_OWNER_DEAD"
  | "ERR_QUEUE_CORRUPT"
  | "ERR_RELEASE_UNKNOWN"
  | "ERR_RELEASE_UNSUPPORTED"
  | "ERR_MESSAGE_INVALID"
  | "ERR_CONFIG_FIELD"
  | "ERR_MODEL_MISSING"
  | "ERR_MODEL_INVALID"
  | "ERR_GUEST_IMPORT"
  | "ERR_GUEST_EXPORT"
  | "ERR_GUEST_LIMIT"
  | "ERR_GUEST_TRAP"
  | "ERR_GUEST_STACK"
  | "ERR_GUEST_EXIT"
  | "ERR_GUEST_UNAVAILABLE"
  | "ERR_GUEST_FAILED"
  | "ERR_GUEST_POINTER"
  | "ERR_GUEST_ARGUMENT"
  | "ERR_GUEST_OUTPUT"
  | "ERR_METRIC_REFUSED"
  | "ERR_EXECUTOR_DIED";

/**
 * The one error class of this project. `message` is a whole sentence for a user: what was wrong, where, what to do. It may
 * quote texts of an attacker, so it is made {@link printable} here, once for all. `details` holds the facts of the sentence. Recognise by `code`, never by `instanceof` (threads copy errors).
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

/** The sentence of any thrown value, fit to be one line: its message when it is an Error, else its text. */
export function messageOf(thrown: unknown): string {
  return printable(thrown instanceof Error ? thrown.message : String(thrown));
}
