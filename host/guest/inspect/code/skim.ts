import type { Cursor } from "../cursor.js";
import {
  BYTES_4,
  BYTES_8,
  MEMORY,
  NUMBER,
  ONE_BYTE,
  PLAIN,
  TWO_NUMBERS,
  UNKNOWN,
} from "./opcodes.js";

/** One byte: the type of a block. */
const BLOCK_TYPE = 13;
const NO_VALUE = 0x40;
const LEAST_NUMBER_TYPE = 0x7b;
const HAS_MEMORY_INDEX = 0x40;

/** How the operands of common instructions are passed; UNKNOWN is left to the whole scan. */
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
  // block, loop, if; br, br_if, call, memory.grow; call_indirect
  forms.fill(BLOCK_TYPE, 0x02, 0x05);
  for (const code of [0x0c, 0x0d, 0x10, 0x40]) forms[code] = NUMBER;
  forms[0x11] = TWO_NUMBERS;
  return forms;
}

/**
 * Passes a body of common instructions in one loop without a call, for a body so short that its bytes alone prove what it costs.
 * @returns whether it has only such instructions and ends where it should; else the whole scan has to say why not
 */
export function skim({ bytes, offset, end: to }: Cursor): boolean {
  let at = offset;
  while (at < to) {
    const form = FORMS[bytes[at++]!]!;
    if (form === PLAIN) continue;
    if (form === NUMBER) {
      while (at < to && bytes[at++]! >= 0x80);
    } else if (form === MEMORY) {
      if (at < to && bytes[at]! & HAS_MEMORY_INDEX) return false;
      while (at < to && bytes[at++]! >= 0x80);
      while (at < to && bytes[at++]! >= 0x80);
    } else if (form === BLOCK_TYPE) {
      const type = at < to ? bytes[at++]! : 0;
      if (type !== NO_VALUE && (type < LEAST_NUMBER_TYPE || type >= 0x80)) return false;
    } else if (form === TWO_NUMBERS) {
      while (at < to && bytes[at++]! >= 0x80);
      while (at < to && bytes[at++]! >= 0x80);
    } else if (form === BYTES_4) at += 4;
    else if (form === BYTES_8) at += 8;
    else return false;
  }
  return at === to && bytes[to - 1] === 0x0b;
}
