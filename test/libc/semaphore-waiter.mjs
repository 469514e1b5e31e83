/**
 * Waits for the semaphore at an offset of a shared-memory object and says whether it got it and after how many
 * milliseconds. Usage: node semaphore-waiter.mjs OBJECT OFFSET TIMEOUT_MS
 */
import { timedWaitSemaphore } from "../../dist/js/host/libc/semaphore.js";
import { openSharedMemory } from "../../dist/js/host/libc/shm.js";
import { Region } from "../../dist/js/host/shm/region.js";

const [name, offset, timeoutMs] = process.argv.slice(2);
const address = Region.map(openSharedMemory(name)).base + Number(offset);
// A signal with a handler ends a system call with EINTR; one without would end the process.
process.on("SIGUSR2", () => {});
console.log("waiting");
const start = performance.now();
const got = timedWaitSemaphore(address, Number(timeoutMs));
console.log(`${got} ${Math.round(performance.now() - start)}`);
process.exit();
