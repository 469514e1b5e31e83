import { constants } from "node:os";
import koffi from "koffi";
import { StubError } from "../errors.js";

/** glibc, the one C library that Triton's images and Node's own binaries share. */
export const libc = koffi.load("libc.so.6");

/** `errno` of the last call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

const namesByNumber = new Map(
  Object.entries(constants.errno).map(([name, value]) => [value, name]),
);
// Not in Node's table; values of Linux on x86-64.
namesByNumber.set(130, "EOWNERDEAD").set(131, "ENOTRECOVERABLE");

/** The name of an errno value ("EACCES"), or "errno 999". */
export function errnoName(errno: number): string {
  return namesByNumber.get(errno) ?? `errno ${errno}`;
}

/** The typed error of a C call that failed with `errno`; `what` says on which object. */
export function systemCallError(call: string, errno: number, what: string): StubError {
  const name = errnoName(errno);
  return new StubError("ERR_SYSTEM_CALL", `${call} failed with ${name} on ${what}`, {
    call,
    errno: name,
  });
}

export const EINTR = constants.errno.EINTR;
export const EAGAIN = constants.errno.EAGAIN;
export const ETIMEDOUT = constants.errno.ETIMEDOUT;
export const ESRCH = constants.errno.ESRCH;
export const EOWNERDEAD = 130;
