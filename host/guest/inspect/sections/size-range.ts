import type { Cursor } from "../cursor.js";
import type { SizeRange } from "../facts.js";
import { malformed, refusedFeature } from "../module-errors.js";

const HAS_MAX = 1;
const SHARED = 2;
const IS_64_BIT = 4;
const HAS_PAGE_SIZE = 8;

/** Reads the minimum and maximum size of a memory or a table. */
export function readSizeRange(cursor: Cursor, what: "memory" | "table"): SizeRange {
  const place = cursor.place();
  const flags = cursor.byte(`the flags of a ${what}`);
  if (flags >= (what === "memory" ? 2 * HAS_PAGE_SIZE : HAS_PAGE_SIZE)) {
    throw malformed(place, `invalid ${what} flags 0x${flags.toString(16)}`);
  }
  if (flags & SHARED) {
    throw refusedFeature(
      place,
      `a shared ${what} (threads)`,
      "build without threads (clang, emcc: without -pthread and --shared-memory; asc: without --enable threads)",
    );
  }
  if (flags & IS_64_BIT) {
    throw refusedFeature(
      place,
      `a 64-bit ${what} (memory64)`,
      "compile to the target wasm32 instead of wasm64",
    );
  }
  if (flags & HAS_PAGE_SIZE) {
    throw refusedFeature(place, "a memory with a custom page size", "build with pages of 64 KiB");
  }
  const min = cursor.u32(`the minimum size of a ${what}`);
  if (!(flags & HAS_MAX)) return { min, span: { start: place.offset, end: cursor.offset } };
  const max = cursor.u32(`the maximum size of a ${what}`);
  if (max < min)
    throw malformed(place, `the minimum size ${min} of a ${what} exceeds its maximum ${max}`);
  return { min, max, span: { start: place.offset, end: cursor.offset } };
}
