import type { RegionOffset } from "../numbers.js";
import { namedObjectMisplaced } from "./errors.js";
import type { Region } from "./region.js";

/** Offsets of the first two objects that the server of every release makes in a region (docs/internals/heap.md, "Named objects"). */
export const POOL_MUTEX_OFFSET = 184 as RegionOffset;
const TOTAL_SIZE_OFFSET = 296 as RegionOffset;

/**
 * @param find returns the offset of a named object, 0 when the region has none
 * @throws StubError ERR_MESSAGE_INVALID when an object is not at the offset that every known release gives it
 */
export function requireNamedObjects(find: (name: string) => number): void {
  requirePlace("shm_mutex", find("shm_mutex"), POOL_MUTEX_OFFSET);
  requirePlace("total size", find("total size"), TOTAL_SIZE_OFFSET);
}

/** The size that server and stub note in the region, in bytes. It exceeds the mapped size after the server has enlarged the region. */
export function declaredBytes({ view }: Region): number {
  return (
    view.getUint32(TOTAL_SIZE_OFFSET, true) + view.getUint32(TOTAL_SIZE_OFFSET + 4, true) * 2 ** 32
  );
}

/** Notes a new size of the region, in bytes. */
export function declareBytes({ view }: Region, bytes: number): void {
  view.setBigUint64(TOTAL_SIZE_OFFSET, BigInt(bytes), true);
}

function requirePlace(name: string, found: number, expected: number): void {
  if (found !== expected) throw namedObjectMisplaced(name, found, expected);
}
