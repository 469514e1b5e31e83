/**
 * Waits under the mutex at offset 0 of a shared-memory object until the byte at 128 is set, with the condition at 64;
 * then clears the byte and says "seen". Usage: node condition-waiter.mjs OBJECT
 */
import { broadcastCondition, timedWaitCondition } from "../../dist/js/host/libc/condition.js";
import { lockMutex, unlockMutex } from "../../dist/js/host/libc/mutex.js";
import { openSharedMemory } from "../../dist/js/host/libc/shm.js";
import { Region } from "../../dist/js/host/shm/region.js";

const { base, bytes } = Region.map(openSharedMemory(process.argv[2]));
lockMutex(base, "the test's mutex");
console.log("waiting");
while (bytes[128] === 0) timedWaitCondition(base + 64, base, 10_000);
bytes[128] = 0;
broadcastCondition(base + 64);
unlockMutex(base, "the test's mutex");
console.log("seen");
