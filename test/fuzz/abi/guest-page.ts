export const PAGE_BYTES = 65_536;
const NAMES_AT = 256;
const NAME_STEP = 32;
const SHAPES_AT = 1_024;
const SHAPE_STEP = 64;
/** A tensor of two texts. */
export const TEXTS = { at: 2_048, bytes: 10 };
const TENSORS_AT = 3_072;
const TENSOR_STEP = 32;
const DIMENSIONS_AT = 3_328;
/** Pieces of an output for fd_write. */
export const VECTORS = { at: 4_096, count: 1_024 };

/** Names of inputs, outputs and keys, and one that nothing has. */
export const NAMES = [
  "IN",
  "TEXTS",
  "NONE",
  "OUT0",
  "OUT1",
  "OUT2",
  "model_config",
  "nothing",
  "key",
].map((text, index) => ({ text, at: NAMES_AT + index * NAME_STEP }));

/** Shapes that make tensors, and others. */
export const SHAPES = [
  [2n, 3n],
  [1n],
  [0n],
  [2n],
  [1_000n],
  [30_000n],
  [-1n],
  [2n ** 53n - 1n],
  [2n ** 53n],
  [2n ** 31n, 2n ** 31n, 4n],
  [2n ** 32n, 2n ** 32n],
  [0n, -(2n ** 63n)],
  [2n ** 53n - 1n, 2n ** 53n - 1n, 0n],
  [1n, 1n, 1n, 1n, 1n, 1n, 1n],
].map((dimensions, index) => ({ dimensions, at: SHAPES_AT + index * SHAPE_STEP }));

/** Tensors for wasi-nn: address and number of dimensions, type, address and number of bytes. */
export const TENSORS = [
  [DIMENSIONS_AT, 1, 3, TEXTS.at, 4],
  [DIMENSIONS_AT, 1, 1, TEXTS.at, 16],
  [DIMENSIONS_AT, 2, 4, TEXTS.at, 48],
  [DIMENSIONS_AT, 3, 5, PAGE_BYTES, 0],
  [0, 0, 2, TEXTS.at, 8],
  [DIMENSIONS_AT, 1, 6, TEXTS.at, 4],
  [DIMENSIONS_AT, 1_025, 3, TEXTS.at, 4],
  [DIMENSIONS_AT, 1, 3, PAGE_BYTES - 3, 4],
].map((words, index) => ({ words, at: TENSORS_AT + index * TENSOR_STEP }));

/** What a guest's memory holds when a program begins. */
export function guestPage(): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES).map((_, at) => at * 7);
  const view = new DataView(page.buffer);
  for (const { text, at } of NAMES) page.set(Buffer.from(text), at);
  for (const { dimensions, at } of SHAPES) {
    for (const [index, dimension] of dimensions.entries()) {
      view.setBigInt64(at + index * 8, dimension, true);
    }
  }
  for (const { words, at } of TENSORS) {
    for (const [index, word] of words.entries()) view.setUint32(at + index * 4, word, true);
  }
  for (const [index, dimension] of [4, 3, 0].entries()) {
    view.setUint32(DIMENSIONS_AT + index * 4, dimension, true);
  }
  page.set([2, 0, 0, 0, 0x61, 0x62, 0, 0, 0, 0], TEXTS.at);
  for (let index = 0; index < VECTORS.count; index++) {
    view.setUint32(VECTORS.at + index * 8, index, true);
    view.setUint32(VECTORS.at + index * 8 + 4, 4, true);
  }
  return page;
}
