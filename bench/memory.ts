import { setTimeout as sleep } from "node:timers/promises";
import type { TritonServer } from "./harness.js";
import { type ProcessMemory, stubCounters, stubMemory, usedBetween } from "./process-cost.js";
import { stubOf } from "./stub-process.js";

const IDLE_WATCH_MS = 10_000;

/** What the stub of one model occupies. */
export interface StubFootprint {
  readonly model: string;
  /** Right after the model was loaded, before its first request. */
  readonly idle: ProcessMemory;
  /** Milliseconds of CPU time that the idle stub uses in one second. */
  readonly idleCpuMsPerSecond: number;
  /** After all measurements; the region has grown to its largest. */
  readonly after?: ProcessMemory;
}

/** Watches all stubs for ten seconds without requests. */
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

/** Adds what each stub occupies now. */
export function footprintsAfter(
  server: TritonServer,
  footprints: readonly StubFootprint[],
): StubFootprint[] {
  return footprints.map((footprint) => ({
    ...footprint,
    after: stubMemory(stubOf(server, footprint.model)),
  }));
}
