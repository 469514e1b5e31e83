import { systemCallError } from "./errors.js";
import { EINTR, lastErrno, libc } from "./library.js";

const LOCK_EX = 2;
const LOCK_NB = 4;

const flock = libc.func("int flock(int fd, int operation)");

/**
 * Waits for the exclusive lock of an open file. The lock belongs to the descriptor: closing it, or the end of the process, releases the
 * lock.
 * @param what names the file in errors
 */
export function lockFile(fd: number, what: string): void {
  while (flock(fd, LOCK_EX) !== 0) {
    const errno = lastErrno();
    if (errno !== EINTR) throw systemCallError("flock", errno, what);
  }
}

/**
 * Locks the file if no other process has it locked.
 * @returns whether it did
 */
export function tryLockFile(fd: number): boolean {
  return flock(fd, LOCK_EX | LOCK_NB) === 0;
}
