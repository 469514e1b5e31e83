import { RANDOM_PIECE_MAX_BYTES } from "../limits.js";
import type { Border } from "./border.js";
import type { ModelServices } from "./services.js";

/**
 * Fills a range of the guest's memory with random bytes, piece by piece.
 * @throws StubError ERR_GUEST_POINTER, before anything is written, unless the range lies in the memory
 */
export function fillRandom(
  border: Border,
  model: ModelServices,
  target: number,
  length: number,
): void {
  const what = "a buffer for random bytes";
  border.range(target, length, what);
  const end = (target >>> 0) + (length >>> 0);
  for (let from = target >>> 0; from < end; from += RANDOM_PIECE_MAX_BYTES) {
    const piece = Math.min(RANDOM_PIECE_MAX_BYTES, end - from);
    model.fillRandom(border.range(from, piece, what).subarray(from, from + piece));
  }
}
