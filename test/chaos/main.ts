/**
 * Kills executors on each release's server and writes the table into docs/compatibility.md. Then kills executors of calls and streams.
 *   node dist/js/test/chaos/main.js [--kills N] [--seed N] [--releases YY.MM,…] [--aimed] [--no-write]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder } from "../support/paths.js";
import { TRITON_RELEASES } from "../support/triton/releases.js";
import { type ChaosReport, chaos, faultsOf } from "./chaos.js";
import { KILLS } from "./mixed/kills.js";
import { LOAD_RELEASES, mixedLoad } from "./mixed/load.js";
import { linesOf } from "./mixed/report.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    releases: { type: "string", default: TRITON_RELEASES.map(({ release }) => release).join(",") },
    aimed: { type: "boolean", default: false },
    "no-write": { type: "boolean", default: false },
  },
});

const FILE = join(projectFolder(), "docs/compatibility.md");
const BEGIN = "<!-- chaos: begin -->";
const END = "<!-- chaos: end -->";

/** How long the clients work before the first kill, for the latencies that the table compares. */
const CALM_MS = 3_000;
const LOAD_SECONDS = 60;
const aim = values.aimed ? "pool mutex" : "any";
const rows: string[] = [];
let failed = false;
for (const release of values.releases.split(",")) {
  const report = await chaos(release, {
    kills: Number(values.kills),
    seed: Number(values.seed),
    aim,
    calmMs: CALM_MS,
  });
  const faults = faultsOf(report);
  failed ||= faults.length > 0;
  rows.push(rowOf(release, report));
  console.log(rows.at(-1));
  for (const fault of faults) console.log(`  ${fault}`);
}
if (!values["no-write"] && !values.aimed) write();
for (const release of LOAD_RELEASES) {
  if (!values.releases.split(",").includes(release)) continue;
  const seed = Number(values.seed);
  const report = await mixedLoad(release, { seconds: LOAD_SECONDS, aims: KILLS, seed });
  failed ||= report.faults.length > 0;
  console.log(linesOf(report, false).join("\n"));
}
process.exitCode = failed ? 1 : 0;

function rowOf(release: string, report: ChaosReport): string {
  const { kills, reloads, answered, failed, wrong, serverAlive, neighbourMs } = report;
  const kept = report.allocatedAfter - report.allocatedBefore;
  const [before, meanwhile] = neighbourMs.map((ms) => ms.toFixed(1));
  return `| ${[release, kills, report.heldMutex, reloads, answered, failed, wrong.length, serverAlive ? "none" : "1", Math.max(0, kept), `${before} → ${meanwhile}`].join(" | ")} |`;
}

function write(): void {
  const text = readFileSync(FILE, "utf8");
  const table = [
    BEGIN,
    "| release | kills | of these, under the pool mutex | loads meanwhile | requests answered | failed with the reason | lost, wrong or answered twice | ends of the server | bytes of the heap kept | p99 of another model, ms |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...rows,
    END,
  ].join("\n");
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END) + END.length;
  writeFileSync(FILE, text.slice(0, from) + table + text.slice(to));
}
