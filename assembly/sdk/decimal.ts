import { Utf8 } from "./utf8";

/** The result of {@link parseInteger} for a text that is not a whole number in its range. */
export const NO_INTEGER: i64 = i64.MIN_VALUE;

const PLUS: u8 = 0x2b;
const MINUS: u8 = 0x2d;

/** Whether the text consists of one or more decimal digits. */
export function isDigits(text: Utf8): bool {
  for (let index = 0; index < text.length; index++) {
    if (digitAt(text, index) > 9) return false;
  }
  return text.length > 0;
}

/**
 * Parses a whole decimal number with or without a sign. Other characters are not allowed.
 * @returns NO_INTEGER for other texts, and for numbers beyond ±(2^63 − 1)
 */
export function parseInteger(text: Utf8): i64 {
  if (text.length == 0) return NO_INTEGER;
  const sign = load<u8>(text.start);
  const number = sign == MINUS || sign == PLUS ? text.from(1) : text;
  if (!isDigits(number)) return NO_INTEGER;
  let value: i64 = 0;
  for (let index = 0; index < number.length; index++) {
    const digit = <i64>digitAt(number, index);
    if (value > (i64.MAX_VALUE - digit) / 10) return NO_INTEGER;
    value = value * 10 + digit;
  }
  return sign == MINUS ? -value : value;
}

/** @returns a number above 9 when the character is not a digit */
function digitAt(text: Utf8, index: i32): u32 {
  return <u32>load<u8>(text.start + index) - 0x30;
}
