/**
 * For each opcode: the form of its operands, and by how much it changes the height of the stack. These are tables because every instruction
 * of a module is looked up. The prefix bytes 0xfc, 0xfd and 0xfe begin a longer opcode; each prefix has a separate table.
 */
export interface Instructions {
  readonly forms: Uint8Array;
  readonly deltas: Int8Array;
}

/** No operands. */
export const PLAIN = 0;
/** One number of variable length: an index, a constant, the memory. */
export const NUMBER = 1;
/** Alignment and offset of a memory access. */
export const MEMORY = 2;
/** Two numbers of variable length. */
export const TWO_NUMBERS = 3;
/** One byte: a lane, or zero. */
export const BYTE = 4;
/** Alignment, offset and a lane. */
export const MEMORY_LANE = 5;
/** 4, 8 and 16 bytes. */
export const BYTES_4 = 6;
export const BYTES_8 = 7;
export const BYTES_16 = 8;
/** Like PLAIN and NUMBER, for an instruction for which the engine generates much code. */
export const COSTLY = 9;
export const COSTLY_NUMBER = 10;
/** Blocks, branches, calls, prefixes and types: BodyScanner reads each of them separately. */
export const SPECIAL = 11;
/** Not an instruction, or one that this backend does not accept. */
export const UNKNOWN = 12;

type Row = readonly [from: number, to: number, form: number, delta: number];

function table(size: number, rows: readonly Row[]): Instructions {
  const forms = new Uint8Array(size).fill(UNKNOWN);
  const deltas = new Int8Array(size);
  for (const [from, to, form, delta] of rows) {
    forms.fill(form, from, to + 1);
    deltas.fill(delta, from, to + 1);
  }
  return { forms, deltas };
}

/** Opcodes of one byte. A later row overrides an earlier one. */
export const ONE_BYTE = table(256, [
  // unreachable; nop; block to catch; throw, rethrow, throw_ref; end to return_call_indirect; delegate, catch_all
  [0x00, 0x13, SPECIAL, 0],
  [0x01, 0x01, PLAIN, 0],
  [0x14, 0x17, UNKNOWN, 0],
  [0x18, 0x19, SPECIAL, 0],
  // drop, select, select of a type, try_table
  [0x1a, 0x1a, PLAIN, -1],
  [0x1b, 0x1b, PLAIN, -2],
  [0x1c, 0x1c, SPECIAL, 0],
  [0x1f, 0x1f, SPECIAL, 0],
  // local.get, local.set, local.tee, global.get, global.set, table.get, table.set
  [0x20, 0x20, NUMBER, 1],
  [0x21, 0x21, NUMBER, -1],
  [0x22, 0x22, NUMBER, 0],
  [0x23, 0x23, NUMBER, 1],
  [0x24, 0x24, NUMBER, -1],
  [0x25, 0x25, COSTLY_NUMBER, 0],
  [0x26, 0x26, COSTLY_NUMBER, -2],
  // loads, stores, memory.size, memory.grow
  [0x28, 0x35, MEMORY, 0],
  [0x36, 0x3e, MEMORY, -2],
  [0x3f, 0x3f, NUMBER, 1],
  [0x40, 0x40, COSTLY_NUMBER, 0],
  // constants
  [0x41, 0x42, NUMBER, 1],
  [0x43, 0x43, BYTES_4, 1],
  [0x44, 0x44, BYTES_8, 1],
  // comparisons and arithmetic: of one value, else of two
  [0x45, 0xc4, PLAIN, -1],
  ...[0x45, 0x50].map((code): Row => [code, code, PLAIN, 0]),
  [0x67, 0x69, PLAIN, 0],
  [0x79, 0x7b, PLAIN, 0],
  [0x8b, 0x91, PLAIN, 0],
  [0x99, 0x9f, PLAIN, 0],
  [0xa7, 0xc4, PLAIN, 0],
  // divisions, and conversions to integers, which trap
  [0x6d, 0x70, COSTLY, -1],
  [0x7f, 0x82, COSTLY, -1],
  [0xa8, 0xab, COSTLY, 0],
  [0xae, 0xb1, COSTLY, 0],
  // ref.null, ref.is_null, ref.func
  [0xd0, 0xd0, SPECIAL, 0],
  [0xd1, 0xd1, PLAIN, 0],
  [0xd2, 0xd2, NUMBER, 1],
  [0xfc, 0xfe, SPECIAL, 0],
]);

/** After 0xfc: saturating conversions, bulk memory and tables. */
export const MISCELLANEOUS = table(18, [
  [0, 7, PLAIN, 0],
  [8, 8, TWO_NUMBERS, -3],
  [9, 9, NUMBER, 0],
  [10, 10, TWO_NUMBERS, -3],
  [11, 11, NUMBER, -3],
  [12, 12, TWO_NUMBERS, -3],
  [13, 13, NUMBER, 0],
  [14, 14, TWO_NUMBERS, -3],
  [15, 15, NUMBER, -1],
  [16, 16, NUMBER, 1],
  [17, 17, NUMBER, -3],
]);

/** Vector instructions with one operand on the stack. */
const OF_ONE = [
  0x4d, 0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x67, 0x68, 0x69, 0x6a, 0x74, 0x75, 0x7a, 0x7c,
  0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x83, 0x84, 0x87, 0x88, 0x89, 0x8a, 0x94, 0xa0, 0xa1, 0xa3, 0xa4,
  0xa7, 0xa8, 0xa9, 0xaa, 0xc0, 0xc1, 0xc3, 0xc4, 0xc7, 0xc8, 0xc9, 0xca, 0xe0, 0xe1, 0xe3, 0xec,
  0xed, 0xef, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff, 0x101, 0x102, 0x103, 0x104,
];
const UNASSIGNED = [
  0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2,
  0xd3, 0xd4, 0xe2, 0xee,
];

/** After 0xfd: vectors, with the relaxed ones. */
export const VECTOR = table(0x114, [
  [0x0e, 0x113, PLAIN, -1],
  [0x00, 0x0a, MEMORY, 0],
  [0x0b, 0x0b, MEMORY, -2],
  [0x0c, 0x0c, BYTES_16, 1],
  [0x0d, 0x0d, BYTES_16, -1],
  // splats; extractions of a lane; replacements of one
  [0x0f, 0x14, PLAIN, 0],
  [0x15, 0x22, BYTE, -1],
  ...[0x15, 0x16, 0x18, 0x19, 0x1b, 0x1d, 0x1f, 0x21].map((code): Row => [code, code, BYTE, 0]),
  // bitselect, any_true, loads and stores of a lane, loads with zeros
  [0x52, 0x52, PLAIN, -2],
  [0x53, 0x53, PLAIN, 0],
  [0x54, 0x57, MEMORY_LANE, -1],
  [0x58, 0x5b, MEMORY_LANE, -2],
  [0x5c, 0x5d, MEMORY, 0],
  ...OF_ONE.map((code): Row => [code, code, PLAIN, 0]),
  // relaxed multiply-add, lane selection, dot product with addition
  [0x105, 0x10c, PLAIN, -2],
  [0x113, 0x113, PLAIN, -2],
  ...UNASSIGNED.map((code): Row => [code, code, UNKNOWN, 0]),
]);

/** After 0xfe: atomic access to the memory. */
export const ATOMIC = table(0x4f, [
  [0x00, 0x00, MEMORY, -1],
  [0x01, 0x02, MEMORY, -2],
  [0x03, 0x03, BYTE, 0],
  [0x10, 0x16, MEMORY, 0],
  [0x17, 0x1d, MEMORY, -2],
  [0x1e, 0x47, MEMORY, -1],
  [0x48, 0x4e, MEMORY, -2],
]);
