import { Worker } from "node:worker_threads";

const SEED_SLOT = 0;
const CASES_SLOT = 1;

/** Whoever waits uses no processor: after so many times its limit it is not busy, but stuck. */
const STUCK = 30;

/**
 * What the thread does: nobody notifies it, so it looks again whenever its time is over. It counts the time of the processor: of a
 * machine that is busy with other work, a case gets little.
 */
const WATCH = `
const { writeSync } = require("node:fs");
const { workerData: { name, buffer, limitMs } } = require("node:worker_threads");
const slots = new Int32Array(buffer);
const processorMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1_000; };
let seen, before, times;
for (;;) {
  const current = Atomics.load(slots, ${CASES_SLOT});
  if (current !== seen) [seen, before, times] = [current, processorMs(), 0];
  else if (processorMs() - before >= limitMs || ++times >= ${STUCK}) break;
  Atomics.wait(slots, ${CASES_SLOT}, seen, limitMs);
}
writeSync(2, name + ", seed " + (Atomics.load(slots, ${SEED_SLOT}) >>> 0) + ": no end after " + limitMs + " ms of the processor\\n");
process.kill(process.pid, "SIGKILL");`;

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
