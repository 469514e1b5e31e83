/*
 * The undo log: the words that a change of the heap overwrites. When this process dies during the change, the guard (native/guard/undo.c)
 * undoes it before another process gets the pool's mutex. The log is in a block of the heap.
 *
 *   +0   number of entries; 0: no change is in progress
 *   +4   number of blocks in the ledger before the change (host/shm/ledger.ts); the host writes it
 *   +8   entries: offset of a word, and its value before the change
 */
import { requireRange } from "./bounds";

// @ts-ignore: decorator
@inline const ENTRIES: u32 = 8;
// @ts-ignore: decorator
@inline const ENTRY_BYTES: u32 = 16;

/** Offset of the log; 0: there is no log. */
let log: u32 = 0;
let capacity: u32 = 0;

/** Sets the place of the log: from now on every change is recorded at `offset`, which has room for `entries`. */
export function setUndoLog(offset: u32, entries: u32): void {
  log = offset;
  capacity = entries;
}

/** Records the word at `at`, and overwrites it. A change with more words than the log has room for cannot be undone. */
// @ts-ignore: decorator
@inline
export function put(at: u32, word: u64): void {
  if (log != 0) {
    const count = load<u32>(log);
    if (count < capacity) {
      const entry = log + ENTRIES + count * ENTRY_BYTES;
      store<u64>(entry, u64(at));
      store<u64>(entry, load<u64>(at), 8);
      store<u32>(log, count + 1);
    }
  }
  store<u64>(at, word);
}

/** Overwrites a word of the host in the region, as part of the current change of the heap. */
export function putWord(at: u32, word: u32): void {
  requireRange(at, 8);
  put(at, u64(word));
}

/** Ends a change after the ledger was updated: the log is empty again. */
export function commit(): void {
  if (log != 0) store<u32>(log, 0);
}
