import type { BenchResults } from "../results.js";
import { formatBytes, significant } from "../units.js";
import type { ProfileResults } from "./profile-results.js";
import { counterTable, requestTable } from "./tables.js";

/** The chapter of the report that says where the time goes. */
export function profileChapter(results: BenchResults, profile: ProfileResults): string[] {
  const table = requestTable(results, profile);
  if (table === undefined) return [];
  const { wakeUp, uncontended } = profile.wakeUp;
  const sameStub = results.machine.stubSha256 === profile.machine.stubSha256;
  return [
    "## Where the time goes",
    `The table shows one request of our stub (model \`wasm\`) at concurrency 1. The server's rows and the whole are medians of the rounds
above. The stub's steps were measured separately: its own code in one process that never waits. Their sum and the rest are therefore
approximate, and the rest can be a little below zero. Waking the other process by a process-shared semaphore takes
${significant(wakeUp / 1_000)} µs on this machine (half of a ping-pong between two processes). A post and a wait that wake no process take
${significant(uncontended / 1_000)} µs. A request has two wake-ups before its answer, and a third one for the token after which
the stub frees its blocks.`,
    ...(sameStub
      ? []
      : ["The steps were measured with another build of the stub than the rounds."]),
    table,
    `The kernel's counters for one request at concurrency 1 (${results.settings.sizes.map(formatBytes).join(", ")}):`,
    counterTable(results),
    "`node dist/js/bench/profile.js` measures the steps again and rewrites this page.",
  ];
}
