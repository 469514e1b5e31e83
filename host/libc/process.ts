import { ESRCH, lastErrno, libc } from "./library.js";

const getppid = libc.func("int getppid()");
const kill = libc.func("int kill(int pid, int signal)");
const exitNow = libc.func("void _exit(int status)");

/** The pid of the current parent: changes when the parent dies. */
export function parentPid(): number {
  return getppid();
}

/** Whether a process of this pid exists (a zombie counts). */
export function processExists(pid: number): boolean {
  return kill(pid, 0) === 0 || lastErrno() !== ESRCH;
}

/** Ends the process at once: waits for no thread, which may sit in a system call for a second. */
export function exitProcess(status: number): never {
  exitNow(status);
  throw new Error("unreachable: _exit returned");
}
