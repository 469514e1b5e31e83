import { systemCallError } from "./errors.js";
import { EINTR, lastErrno, libc } from "./library.js";

const getrandom = libc.func("intptr_t getrandom(void *bytes, size_t length, unsigned int flags)");

/** Fills the bytes from the kernel's random generator. Loading node:crypto instead takes 3.5 ms at the start of each thread. */
export function fillRandom(bytes: Uint8Array): void {
  for (let filled = 0; filled < bytes.length; ) {
    const rest = bytes.subarray(filled);
    const count: number = getrandom(rest, rest.length, 0);
    if (count > 0) filled += count;
    else if (lastErrno() !== EINTR) {
      throw systemCallError("getrandom", lastErrno(), `${rest.length} bytes`);
    }
  }
}
