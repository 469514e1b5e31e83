/**
 * A thread that enters and leaves the guest without end. Slot 0 of the counter counts each arrival on the host's side,
 * slot 1 each departure. A negative slot 0 makes it stay there; `hostMs` is how long each visit lasts otherwise.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Phase } from "../../dist/js/host/sandbox/phase.js";

const phase = new Phase(workerData.phase);
const { counter, hostMs = 0, deadlineMs } = workerData;
const nothing = new Int32Array(new SharedArrayBuffer(4));
if (deadlineMs !== undefined) phase.beginCall(deadlineMs);
parentPort.postMessage("started");
for (;;) {
  phase.enterGuest();
  for (let spin = 0; spin < 50; spin++);
  phase.leaveGuest();
  while (Atomics.add(counter, 0, 1) < 0) Atomics.store(counter, 0, -2);
  if (hostMs > 0) Atomics.wait(nothing, 0, 0, hostMs);
  Atomics.add(counter, 1, 1);
}
