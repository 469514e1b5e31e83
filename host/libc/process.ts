import { libc } from "./library.js";

const exitNow = libc.func("void _exit(int status)");

/** Ends the process at once: waits for no thread, which may sit in a system call for a second. */
export function exitProcess(status: number): never {
  exitNow(status);
  throw new Error("unreachable: _exit returned");
}
