import koffi from "koffi";
import { systemCallError } from "./errors.js";
import { lastErrno, libc } from "./library.js";

const SECCOMP = 317;
const SET_MODE_FILTER = 1;
const FLAG_TSYNC = 1;
const INSTRUCTION_BYTES = 8;

/** glibc has no function for this system call. */
const setFilter = libc.func(
  "int64_t syscall(int64_t number, int64_t operation, int64_t flags, void *program)",
);

/**
 * Filters all system calls of all threads of the process from now on. The filter cannot be removed. Needs no_new_privs.
 * @param program instructions of `struct sock_filter`, 8 bytes each
 */
export function filterSystemCalls(program: Uint8Array): void {
  // struct sock_fprog: length in 16 bits, padding, pointer.
  const header = new DataView(new ArrayBuffer(16));
  header.setUint16(0, program.length / INSTRUCTION_BYTES, true);
  header.setBigUint64(8, BigInt(koffi.address(program)), true);
  const bytes = new Uint8Array(header.buffer);
  const result: number = setFilter(SECCOMP, SET_MODE_FILTER, FLAG_TSYNC, bytes);
  if (result === 0) return;
  // A positive result is the id of a thread that could not apply the filter.
  throw systemCallError("seccomp", result > 0 ? 0 : lastErrno(), "all threads of the process");
}
