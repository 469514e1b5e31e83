/** A thread that locks a mutex, says so and ends when it is told to, without unlocking. */
import { parentPort, workerData } from "node:worker_threads";
import { lockMutex } from "../../dist/js/host/libc/mutex.js";

lockMutex(workerData, "the test's mutex");
parentPort.once("message", () => process.exit());
parentPort.postMessage("locked");
