/**
 * The function that the compiler calls when the program cannot continue: for `throw`, a failed `assert`, an index out of range, or an
 * unexpected null. The preset (asconfig.json) sets it as the global `abort`. It has a separate folder because the compiler turns all
 * exports of the files in a library folder into globals.
 */

// @ts-ignore: decorator
@external("triton_v1", "fail")
declare function fail(text: usize, length: i32): i32;

/** Limits in UTF-16 units. Longer texts are cut off: their beginning is the important part. */
const MESSAGE_MAX_UNITS: i32 = 1024;
const FILE_MAX_UNITS: i32 = 256;

/** Static, because no memory may be left. A unit has 3 bytes at most, and the punctuation and numbers of the place have 32. */
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

/** @returns the address after the text */
function writeText(to: usize, value: string, maxUnits: i32): usize {
  return to + String.UTF8.encodeUnsafe(changetype<usize>(value), min(value.length, maxUnits), to);
}

/**
 * Writes ":" and the number.
 * @returns the address after it
 */
function writeNumber(to: usize, value: u32): usize {
  store<u8>(to++, 0x3a);
  let power: u32 = 1;
  while (value / power > 9) power *= 10;
  for (; power > 0; power /= 10) store<u8>(to++, <u8>(0x30 + (value / power) % 10));
  return to;
}
