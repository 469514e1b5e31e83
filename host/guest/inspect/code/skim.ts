import type { Cursor } from "../cursor.js";
import {
  BYTE,
  BYTES_4,
  BYTES_8,
  BYTES_16,
  MEMORY,
  MISCELLANEOUS,
  NUMBER,
  ONE_BYTE,
  PLAIN,
  TWO_NUMBERS,
  UNKNOWN,
  VECTOR,
} from "./opcodes.js";

/** One byte: the type of a block. */
const BLOCK_TYPE = 20;
/** The number of targets, and the targets. */
const BRANCH_TABLE = 21;
/** A prefix byte, and the rest of the opcode. */
const LONGER = 22;

const NO_VALUE = 0x40;
const LEAST_NUMBER_TYPE = 0x7b;
const HAS_MEMORY_INDEX = 0x40;
const MISCELLANEOUS_CODE = 0xfc;

/** The form of the operands of common instructions; UNKNOWN for instructions that only the full scan reads. */
const FORMS = commonForms();

function commonForms(): Uint8Array {
  const simple = [PLAIN, NUMBER, MEMORY, BYTES_4, BYTES_8];
  const forms = ONE_BYTE.forms.map((form) => (simple.includes(form) ? form : UNKNOWN));
  // unreachable, else, end, return; the divisions and conversions that trap
  for (const code of [0x00, 0x05, 0x0b, 0x0f]) forms[code] = PLAIN;
  for (const [from, to] of [
    [0x6d, 0x70],
    [0x7f, 0x82],
    [0xa8, 0xab],
    [0xae, 0xb1],
  ] as const) {
    forms.fill(PLAIN, from, to + 1);
  }
  // block, loop, if; br, br_if, call, memory.grow; br_table; call_indirect
  forms.fill(BLOCK_TYPE, 0x02, 0x05);
  for (const code of [0x0c, 0x0d, 0x10, 0x40]) forms[code] = NUMBER;
  forms[0x0e] = BRANCH_TABLE;
  forms[0x11] = TWO_NUMBERS;
  forms.fill(LONGER, 0xfc, 0xfe);
  return forms;
}

/**
 * Reads a body of common instructions in one loop. It is for bodies so short that their size alone bounds the cost to compile them. V8
 * interprets this code for small modules; interpreted, the full scan takes four times as long.
 * @returns whether the body has only such instructions and ends where it should; otherwise the full scan reports what is wrong
 */
export function skim({ bytes, offset, end: to }: Cursor): boolean {
  let at = offset;
  while (at < to) {
    const code = bytes[at++]!;
    const form = FORMS[code]!;
    if (form === PLAIN) continue;
    if (form === NUMBER) {
      while (at < to && bytes[at++]! >= 0x80);
    } else if (form === BLOCK_TYPE) {
      const type = at < to ? bytes[at++]! : 0;
      if (type !== NO_VALUE && (type < LEAST_NUMBER_TYPE || type >= 0x80)) return false;
    } else if (form === BYTES_4) at += 4;
    else if (form === BYTES_8) at += 8;
    else if (form === LONGER) at = passLonger(bytes, at, to, code);
    else at = passOperands(bytes, at, to, form);
  }
  return at === to && bytes[to - 1] === 0x0b;
}

/** @returns the offset after the operands; beyond `to` when they are truncated or not common */
function passOperands(bytes: Uint8Array, at: number, to: number, form: number): number {
  switch (form) {
    case PLAIN:
      return at;
    case BYTE:
      return at + 1;
    case BYTES_16:
      return at + 16;
    case NUMBER:
      return passNumbers(bytes, at, to, 1);
    case MEMORY:
      if (at < to && bytes[at]! & HAS_MEMORY_INDEX) break;
      return passNumbers(bytes, at, to, 2);
    case TWO_NUMBERS:
      return passNumbers(bytes, at, to, 2);
    case BRANCH_TABLE:
      // A short body has few targets: their number is one byte, or two.
      if (at + 1 >= to) break;
      return bytes[at]! < 0x80
        ? passNumbers(bytes, at + 1, to, bytes[at]! + 1)
        : passNumbers(bytes, at + 2, to, (bytes[at]! & 0x7f) + 0x80 * bytes[at + 1]! + 1);
  }
  return to + 1;
}

function passNumbers(bytes: Uint8Array, from: number, to: number, count: number): number {
  let at = from;
  for (let left = count; left > 0 && at < to; left--) while (at < to && bytes[at++]! >= 0x80);
  return at;
}

function passLonger(bytes: Uint8Array, from: number, to: number, prefix: number): number {
  let at = from;
  if (at + 1 >= to) return to + 1;
  let code = bytes[at++]!;
  if (code >= 0x80) code = (code & 0x7f) + 0x80 * bytes[at++]!;
  const { forms } = prefix === MISCELLANEOUS_CODE ? MISCELLANEOUS : VECTOR;
  return passOperands(bytes, at, to, code < forms.length ? forms[code]! : UNKNOWN);
}
