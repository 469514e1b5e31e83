/** A thread that constructs blocks, says so and never ends: a guest in an endless loop, as far as the heap can tell. */
import { parentPort, workerData } from "node:worker_threads";
import { Heap } from "../../dist/js/host/shm/heap.js";
import { Ledger } from "../../dist/js/host/shm/ledger.js";
import { Region } from "../../dist/js/host/shm/region.js";

const { region, core, ledger, sizes } = workerData;
const heap = new Heap(Region.attach(region), core, 1024 * 1024, new Ledger(ledger));
heap.lock();
for (const bytes of sizes) heap.constructLocked(bytes);
heap.unlock();
parentPort.postMessage("made");
for (;;);
