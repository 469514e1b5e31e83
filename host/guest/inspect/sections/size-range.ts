import type { Cursor } from "../cursor.js";
import type { LimitsFacts } from "../facts.js";
import { malformed, refusedFeature } from "../module-errors.js";

const HAS_MAX = 1;
const SHARED = 2;
const IS_64_BIT = 4;
const HAS_PAGE_SIZE = 8;

/** Sizes of a memory or table. */
export function readLimits(cursor: Cursor, what: "memory" | "table"): LimitsFacts {
  const place = cursor.place();
  const flags = cursor.byte(`the flags of a ${what}`);
  if (flags >= (what === "memory" ? 2 * HAS_PAGE_SIZE : HAS_PAGE_SIZE)) {
    throw malformed(place, `0x${flags.toString(16)} are no flags of a ${what}`);
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
    throw refusedFeature(
      place,
      "a memory with a page size of its own",
      "build with pages of 64 KiB",
    );
  }
  const min = cursor.u32(`the least size of a ${what}`);
  if (!(flags & HAS_MAX)) return { min, span: { start: place.offset, end: cursor.offset } };
  const max = cursor.u32(`the greatest size of a ${what}`);
  if (max < min) throw malformed(place, `a ${what} may have ${min} to ${max}, which is no range`);
  return { min, max, span: { start: place.offset, end: cursor.offset } };
}
