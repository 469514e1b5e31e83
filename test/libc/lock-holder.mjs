/**
 * Locks the mutex at an offset of a shared-memory object and says "locked"; then waits for a line of stdin, unlocks
 * and says "unlocked". Usage: node lock-holder.mjs OBJECT OFFSET [disown]
 */
import { createInterface } from "node:readline";
import { disownMutexes, lockMutex, unlockMutex } from "../../dist/js/host/libc/mutex.js";
import { openSharedMemory } from "../../dist/js/host/libc/shm.js";
import { Region } from "../../dist/js/host/shm/region.js";

const [name, offset, disown] = process.argv.slice(2);
const address = Region.map(openSharedMemory(name)).base + Number(offset);
if (disown === "disown") disownMutexes();
lockMutex(address, "the test's mutex");
console.log("locked");
for await (const _line of createInterface({ input: process.stdin })) {
  unlockMutex(address, "the test's mutex");
  console.log("unlocked");
}
