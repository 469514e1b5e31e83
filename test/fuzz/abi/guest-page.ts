export const PAGE_BYTES = 65_536;
const NAMES_AT = 256;
const NAME_STEP = 32;
const SHAPES_AT = 1_024;
const SHAPE_STEP = 64;
/** A tensor of two texts. */
export const TEXTS = { at: 2_048, bytes: 10 };
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
  page.set([2, 0, 0, 0, 0x61, 0x62, 0, 0, 0, 0], TEXTS.at);
  for (let index = 0; index < VECTORS.count; index++) {
    view.setUint32(VECTORS.at + index * 8, index, true);
    view.setUint32(VECTORS.at + index * 8 + 4, 4, true);
  }
  return page;
}
