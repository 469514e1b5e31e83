import type { BenchResults } from "../results.js";
import { formatBytes, significant } from "../units.js";
import type { ProfileResults } from "./profile-results.js";
import { counterTable, requestTable } from "./tables.js";

/** The chapter of the report on how the time is spent. */
export function profileChapter(results: BenchResults, profile: ProfileResults): string[] {
  const table = requestTable(results, profile);
  if (table === undefined) return [];
  const { wakeUp, uncontended } = profile.wakeUp;
  const sameStub = results.machine.stubSha256 === profile.machine.stubSha256;
  return [
    "## Where the time goes",
    `The table shows one request of our stub (model \`wasm\`) at concurrency 1. The rows of the server and of the whole request are
medians of the rounds above. The steps of the stub were measured separately: one process that never waits runs the stub's code. Therefore
their sum and the row "rest" are approximate, and the rest can be slightly negative. A wake-up of another process by a
process-shared semaphore takes ${significant(wakeUp / 1_000)} µs on this machine (half of a round trip between two processes).
A post and a wait without a wake-up take ${significant(uncontended / 1_000)} µs. A request needs two wake-ups before its answer. A third one
follows for the token, after which the stub frees its blocks.`,
    ...(sameStub
      ? []
      : ["The steps were measured with a different build of the stub than the rounds."]),
    table,
    `The table shows counters of the kernel for one request at concurrency 1 (${results.settings.sizes.map(formatBytes).join(", ")}):`,
    counterTable(results),
    "`node dist/js/bench/profile.js` measures the steps again and writes this page again.",
  ];
}
