import { StubError } from "../errors.js";
import { errnoName } from "./library.js";

/**
 * A call of the C library failed with `errno`.
 * @param what the object of the call
 */
export function systemCallError(call: string, errno: number, what: string): StubError {
  const name = errnoName(errno);
  return new StubError("ERR_SYSTEM_CALL", `${call} failed with ${name} on ${what}`, {
    call,
    errno: name,
  });
}

/** @param what names the mutex */
export function lockOwnerDied(what: string): StubError {
  return new StubError(
    "ERR_LOCK_OWNER_DEAD",
    `a process died while it held ${what}, so the data behind this lock may be half written; reload the model`,
    { what },
  );
}
