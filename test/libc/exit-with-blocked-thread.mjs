/** Ends by exitProcess(7) while a thread of it sits in a libc wait of ten minutes. */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { exitProcess } from "../../dist/js/host/libc/process.js";
import { initSemaphore, timedWaitSemaphore } from "../../dist/js/host/libc/semaphore.js";
import { createSharedMemory, unlinkSharedMemory } from "../../dist/js/host/libc/shm.js";
import { Region } from "../../dist/js/host/shm/region.js";

if (isMainThread) {
  new Worker(new URL(import.meta.url)).once("message", () => setTimeout(exitProcess, 100, 7));
} else {
  const name = `triton_wasm_test_exit_${process.pid}`;
  const { base } = Region.map(createSharedMemory(name, 4096));
  unlinkSharedMemory(name);
  initSemaphore(base, 0);
  parentPort.postMessage("waiting");
  timedWaitSemaphore(base, 600_000);
}
