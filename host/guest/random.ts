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
  const at = border.range(target, length, "a buffer for random bytes");
  const { bytes } = border;
  const end = at + (length >>> 0);
  for (let from: number = at; from < end; from += RANDOM_PIECE_MAX_BYTES) {
    model.fillRandom(bytes.subarray(from, Math.min(from + RANDOM_PIECE_MAX_BYTES, end)));
  }
}
