import { libc } from "./library.js";

/** System calls that glibc has no function for take up to four numbers here; -1 and `errno` as always. x86-64 only. */
export const systemCall: (number: number, a: number, b: number, c: number, d: number) => number =
  libc.func("int64_t syscall(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d)");

/** The same with bytes as the first, second or third argument. */
export const systemCallWithBytes1: (
  number: number,
  bytes: Uint8Array,
  b: number,
  c: number,
) => number = libc.func("int64_t syscall(int64_t number, void *bytes, int64_t b, int64_t c)");

export const systemCallWithBytes3: (
  number: number,
  a: number,
  b: number,
  bytes: Uint8Array,
  d: number,
) => number = libc.func(
  "int64_t syscall(int64_t number, int64_t a, int64_t b, void *bytes, int64_t d)",
);
