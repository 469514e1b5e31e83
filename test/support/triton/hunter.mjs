/**
 * Kills a process as soon as it holds the pool mutex of a region, or after a while without that.
 * Usage: node hunter.mjs REGION_FILE PID
 */
import { closeSync, openSync, readSync } from "node:fs";

/** Position of the mutex's word: the thread id of its owner, below two bits of the kernel (docs/internals/heap.md). */
const POOL_MUTEX_AT = 184;
const OWNER_BITS = 0x3fff_ffff;
const PATIENCE_MS = 2_000;

const [file, pid] = process.argv.slice(2);
const word = Buffer.alloc(4);
const region = openSync(file, "r");
const end = performance.now() + PATIENCE_MS;
do readSync(region, word, 0, word.length, POOL_MUTEX_AT);
while ((word.readUInt32LE() & OWNER_BITS) !== Number(pid) && performance.now() < end);
try {
  process.kill(Number(pid), "SIGKILL");
} catch {
  // It has just ended.
}
closeSync(region);
