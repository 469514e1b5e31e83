import { constants } from "node:os";
import koffi from "koffi";

/** glibc, the C library of Triton's images and of Node's binaries. */
export const libc = koffi.load("libc.so.6");

/** `errno` of the last call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

const namesByNumber = new Map(
  Object.entries(constants.errno).map(([name, value]) => [value, name]),
);
// Node's table lacks these two; the values are those of Linux on x86-64.
namesByNumber.set(130, "EOWNERDEAD").set(131, "ENOTRECOVERABLE");

/** The name of an errno value ("EACCES"), or "errno 999". */
export function errnoName(errno: number): string {
  return namesByNumber.get(errno) ?? `errno ${errno}`;
}

export const EINTR = constants.errno.EINTR;
export const EAGAIN = constants.errno.EAGAIN;
export const ETIMEDOUT = constants.errno.ETIMEDOUT;
export const ESRCH = constants.errno.ESRCH;
export const EOWNERDEAD = 130;
