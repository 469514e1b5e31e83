import { requireRange } from "./bounds";
import { corrupt } from "./failure";
import { heapDrop } from "./heap";
import { put } from "./undo";

/*
 * A list of blocks to which this side holds one reference each. The list is the object of a block:
 *
 *   +0   number of entries
 *   +8   entries: handles
 */
const ENTRIES: u32 = 8;

/**
 * Adds one reference to the block at `handle`, and adds the block to the list at `list`, which has room for it. The caller holds the
 * pool's mutex, and calls `commit` afterwards.
 */
export function heapHold(list: u32, handle: u32): void {
  requireRange(list, ENTRIES);
  const count = u32(load<u64>(list));
  const entry = list + ENTRIES + (count << 3);
  requireRange(entry, 8);
  requireRange(handle, 8);
  const word = load<u64>(handle);
  if (u32(word) == 0) corrupt(handle);
  put(handle, word + 1);
  put(entry, u64(handle));
  put(list, u64(count + 1));
}

/**
 * Removes the last block from the list at `list`, and drops its reference. Returns how many are left. The caller holds the pool's mutex,
 * and calls `commit` afterwards.
 */
export function heapLetGo(list: u32): u32 {
  requireRange(list, ENTRIES);
  const count = u32(load<u64>(list));
  if (count == 0) return 0;
  const entry = list + ENTRIES + ((count - 1) << 3);
  requireRange(entry, 8);
  put(list, u64(count - 1));
  heapDrop(u32(load<u64>(entry)));
  return count - 1;
}
