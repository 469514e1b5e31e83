import { setTimeout as sleep } from "node:timers/promises";
import type { TritonServer } from "./harness.js";
import { type ProcessMemory, stubCounters, stubMemory, usedBetween } from "./process-cost.js";
import { stubOf } from "./stub-process.js";

const IDLE_WATCH_MS = 10_000;

/** Memory and idle processor time of the stub of one model. */
export interface StubFootprint {
  readonly model: string;
  /** Memory after the load of the model, before its first request. */
  readonly idle: ProcessMemory;
  /** Milliseconds of CPU time that the idle stub uses in one second. */
  readonly idleCpuMsPerSecond: number;
  /** Memory after all measurements, when the region has its largest size. */
  readonly after?: ProcessMemory;
}

/** Reads the memory of all stubs, and their processor time over ten seconds without requests. */
export async function idleFootprints(
  server: TritonServer,
  models: readonly string[],
): Promise<StubFootprint[]> {
  const stubs = models.map((model) => {
    const pid = stubOf(server, model);
    return { model, pid, idle: stubMemory(pid), before: stubCounters(pid) };
  });
  const begin = performance.now();
  await sleep(IDLE_WATCH_MS);
  const seconds = (performance.now() - begin) / 1_000;
  return stubs.map(({ model, pid, idle, before }) => {
    const used = usedBetween(before, stubCounters(pid));
    return { model, idle, idleCpuMsPerSecond: (used.userUs + used.systemUs) / 1_000 / seconds };
  });
}

/** Adds the current memory of each stub. */
export function footprintsAfter(
  server: TritonServer,
  footprints: readonly StubFootprint[],
): StubFootprint[] {
  return footprints.map((footprint) => ({
    ...footprint,
    after: stubMemory(stubOf(server, footprint.model)),
  }));
}
