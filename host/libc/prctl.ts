import { lastErrno, libc, systemCallError } from "./library.js";

const PR_SET_NO_NEW_PRIVS = 38;

const prctl = libc.func("int prctl(int option, uint64_t a, uint64_t b, uint64_t c, uint64_t d)");

/** This thread, and those that it starts, gain no right by executing a file: what Landlock and seccomp ask for. */
export function setNoNewPrivileges(): void {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0) return;
  throw systemCallError("prctl", lastErrno(), "no_new_privs");
}
