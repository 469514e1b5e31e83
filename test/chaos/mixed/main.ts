/**
 * Runs 8 clients of calls and streams on the servers of these releases, and prints what came of their requests. With --kills, executors
 * are killed meanwhile: at random moments, and at those of test/support/triton/sampled-aims.ts. With --aim, only at this one.
 *   node dist/js/test/chaos/mixed/main.js [--seconds N] [--seed N] [--releases YY.MM,…] [--kinds] [--kills] [--aim NAME]
 */
import { parseArgs } from "node:util";
import { KILLS, type MixedAim } from "./kills.js";
import { LOAD_RELEASES, mixedLoad } from "./load.js";
import { linesOf } from "./report.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    releases: { type: "string", default: LOAD_RELEASES.join(",") },
    kills: { type: "boolean", default: false },
    aim: { type: "string" },
    kinds: { type: "boolean", default: false },
  },
});

const seconds = Number(values.seconds);
const seed = Number(values.seed);
const aims: readonly MixedAim[] = values.kills
  ? KILLS
  : KILLS.filter((aim, index) => aim === values.aim && KILLS.indexOf(aim) === index);

for (const release of values.releases.split(",")) {
  const report = await mixedLoad(release, { seconds, aims, seed });
  console.log(linesOf(report, values.kinds).join("\n"));
  if (report.faults.length > 0) process.exitCode = 1;
}
