import { MEMORY_MAX_PAGES } from "../../../limits.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { malformed, refusedFeature } from "../module-errors.js";
import { readSizeRange } from "./size-range.js";

/** Reads the memory. This backend accepts one memory only. */
export function readMemories(cursor: Cursor, draft: ModuleDraft): void {
  const place = cursor.place();
  const count = cursor.count("memories", Number.POSITIVE_INFINITY, 2);
  if (count > 1) {
    throw refusedFeature(place, `${count} memories`, "build without multiple memories");
  }
  if (count === 0) return;
  const memory = readSizeRange(cursor, "memory");
  const largest = memory.max ?? memory.min;
  if (largest > MEMORY_MAX_PAGES) {
    throw malformed(
      place,
      `a memory of ${largest} pages is above the maximum of ${MEMORY_MAX_PAGES}`,
    );
  }
  draft.memories.push(memory);
}
