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
    `One request of our stub (model \`wasm\`) at concurrency 1. The rows of the server and of the whole request are medians of the
rounds above. The stub's steps were timed separately, by its own code in one process that never waits. So their sum and the
row "rest" are approximate, and the rest can be slightly negative. To wake up another process by a process-shared semaphore
takes ${significant(wakeUp / 1_000)} µs on this machine (half of a round trip between two processes).
A post and a wait without a wake-up take ${significant(uncontended / 1_000)} µs. A request has two wake-ups before its answer, and a third
one for the token that lets the stub free its blocks.`,
    ...(sameStub
      ? []
      : ["The steps were timed with a different build of the stub than the rounds."]),
    table,
    `Counters of the kernel for one request at concurrency 1 (${results.settings.sizes.map(formatBytes).join(", ")}):`,
    counterTable(results),
    "`node dist/js/bench/profile.js` times the steps again and rewrites this page.",
  ];
}
