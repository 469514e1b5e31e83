/*
 * What a change of the heap overwrites, so that it can be undone when this process dies in the middle of it: by the guard
 * (native/guard/undo.c), before anybody else gets the pool's mutex. The log lies in a block of the heap.
 *
 *   +0   number of entries; 0: no change is under way
 *   +4   blocks in the ledger before the change (host/shm/ledger.ts), which the host has written
 *   +8   entries: offset of a word, and the word as it was
 */
// @ts-ignore: decorator
@inline const ENTRIES: u32 = 8;
// @ts-ignore: decorator
@inline const ENTRY_BYTES: u32 = 16;

/** Offset of the log; 0: there is none. */
let log: u32 = 0;
let capacity: u32 = 0;

/** Lets every change from now on be noted at `offset`, where there is room for so many `entries`. */
export function setUndoLog(offset: u32, entries: u32): void {
  log = offset;
  capacity = entries;
}

/** Notes the word at `at` and writes another. A change of more words than the log has room for cannot be undone. */
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

/** The change has ended, and the ledger says so: what was noted does not count any more. */
export function commit(): void {
  if (log != 0) store<u32>(log, 0);
}
