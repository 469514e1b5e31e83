import { libc } from "./library.js";

const exitNow = libc.func("void _exit(int status)");

/** Ends the process at once. Does not wait for other threads, which may be in a system call for a second. */
export function exitProcess(status: number): never {
  exitNow(status);
  throw new Error("unreachable: _exit returned");
}
