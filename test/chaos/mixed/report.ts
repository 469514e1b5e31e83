import type { LoadReport } from "./load.js";

/** The lines that a command prints about a load. @param kinds whether each kind of request has a line */
export function linesOf(report: LoadReport, kinds: boolean): string[] {
  const { release, tally, reloads, kills, heldMutex, kept, faults } = report;
  const lines = [
    `${release}: ${tally.right} requests with the right answer, ${tally.failed} with an error that the load expects, ${reloads} reloads`,
  ];
  for (const [aim, count] of kills) lines.push(`  kills, ${aim}: ${count}`);
  if (kills.size > 0) lines.push(`  kills under the pool mutex: ${heldMutex}`);
  if (kinds) {
    for (const [kind, { right, failed }] of [...tally.kinds].sort()) {
      lines.push(`  ${kind}: ${right} right, ${failed} errors`);
    }
  }
  if (kept.length > 0) {
    lines.push(`  the server keeps requests of ${kept.join(", ")} (docs/operations.md)`);
  }
  for (const fault of faults) lines.push(`  wrong: ${fault}`);
  return lines;
}
