/**
 * What the compiler calls where the program cannot go on: `throw`, a false `assert`, an index out of range, a null where there
 * may be none. The preset (asconfig.json) makes it the global `abort`. It has a folder of its own, because the compiler makes
 * globals of all exports of a library folder's files.
 */

// @ts-ignore: decorator
@external("triton_v1", "fail")
declare function fail(text: usize, length: i32): i32;

/** Units of UTF-16. What goes beyond is cut off: the client needs the beginning. */
const MESSAGE_MAX_UNITS: i32 = 1024;
const FILE_MAX_UNITS: i32 = 256;

/** Static, because there may be no memory left. A unit takes 3 bytes at most, the place's signs and numbers 32 together. */
const text: usize = memory.data(3 * (1024 + 256) + 32);

/** Reports "message (file:line:column)", which becomes part of the trap's error, and traps. */
export function tritonAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  let end = writeText(text, message == null ? "aborted" : message, MESSAGE_MAX_UNITS);
  if (file != null) {
    end = writeText(end, " (", FILE_MAX_UNITS);
    end = writeText(end, file, FILE_MAX_UNITS);
    end = writeNumber(end, line);
    end = writeNumber(end, column);
    end = writeText(end, ")", FILE_MAX_UNITS);
  }
  fail(text, <i32>(end - text));
  unreachable();
}

/** @returns the address behind the text */
function writeText(to: usize, value: string, maxUnits: i32): usize {
  return to + String.UTF8.encodeUnsafe(changetype<usize>(value), min(value.length, maxUnits), to);
}

/** Writes ":" and the number. @returns the address behind it */
function writeNumber(to: usize, value: u32): usize {
  store<u8>(to++, 0x3a);
  let power: u32 = 1;
  while (value / power > 9) power *= 10;
  for (; power > 0; power /= 10) store<u8>(to++, <u8>(0x30 + (value / power) % 10));
  return to;
}
