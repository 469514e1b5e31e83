import { Worker } from "node:worker_threads";

const SEED_SLOT = 0;
const CASES_SLOT = 1;

/** What the thread does: nobody notifies it, so it looks again whenever its time is over. */
const WATCH = `
const { writeSync } = require("node:fs");
const { workerData: { name, buffer, limitMs } } = require("node:worker_threads");
const slots = new Int32Array(buffer);
for (;;) {
  const seen = Atomics.load(slots, ${CASES_SLOT});
  Atomics.wait(slots, ${CASES_SLOT}, seen, limitMs);
  if (Atomics.load(slots, ${CASES_SLOT}) !== seen) continue;
  writeSync(2, name + ", seed " + (Atomics.load(slots, ${SEED_SLOT}) >>> 0) + ": no end after " + limitMs + " ms\\n");
  process.kill(process.pid, "SIGKILL");
}`;

/** Ends this process, and says at which case, when one never ends: nothing else could interrupt it. */
export class Watchdog {
  private readonly slots: Int32Array;
  private readonly worker: Worker;

  /** @param name of the target */
  constructor(name: string, limitMs: number) {
    const buffer = new SharedArrayBuffer(8);
    this.slots = new Int32Array(buffer);
    const workerData = { name, buffer, limitMs };
    this.worker = new Worker(WATCH, { eval: true, execArgv: [], workerData });
    this.worker.unref();
  }

  /** A case begins, so the one before is over. */
  begin(seed: number): void {
    Atomics.store(this.slots, SEED_SLOT, seed);
    Atomics.add(this.slots, CASES_SLOT, 1);
  }

  end(): void {
    void this.worker.terminate();
  }
}
