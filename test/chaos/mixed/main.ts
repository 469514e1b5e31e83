/**
 * Runs 8 clients of calls and streams on the servers of these releases, and prints what came of their requests. With --kills, executors
 * are killed meanwhile: at random moments, and at those of test/support/triton/sampled-aims.ts.
 *   node dist/js/test/chaos/mixed/main.js [--seconds N] [--seed N] [--releases YY.MM,…] [--kinds] [--kills] [--aim NAME]
 */
import { parseArgs } from "node:util";
import { SAMPLED_AIMS } from "../../support/triton/sampled-aims.js";
import type { MixedAim } from "./kills.js";
import { type LoadReport, mixedLoad } from "./load.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    releases: { type: "string", default: "23.12,24.08,24.10" },
    kills: { type: "boolean", default: false },
    aim: { type: "string" },
    kinds: { type: "boolean", default: false },
  },
});

const ALL_AIMS: readonly MixedAim[] = ["any", ...SAMPLED_AIMS];
const aims: readonly MixedAim[] = values.kills
  ? [...Array(SAMPLED_AIMS.length).fill("any"), ...SAMPLED_AIMS]
  : ALL_AIMS.filter((aim) => aim === values.aim);

for (const release of values.releases.split(",")) {
  const options = { seconds: Number(values.seconds), seed: Number(values.seed), aims };
  const report = await mixedLoad(release, options);
  print(report);
  if (report.faults.length > 0) process.exitCode = 1;
}

function print({ release, tally, reloads, kills, heldMutex, faults }: LoadReport): void {
  console.log(
    `${release}: ${tally.right} requests with the right answer, ${tally.failed} with the error that the load expects, ${reloads} reloads`,
  );
  for (const [aim, count] of kills) console.log(`  kills, ${aim}: ${count}`);
  if (kills.size > 0) console.log(`  kills under the pool mutex: ${heldMutex}`);
  if (values.kinds) {
    for (const [kind, { right, failed }] of [...tally.kinds].sort()) {
      console.log(`  ${kind}: ${right} right, ${failed} errors`);
    }
  }
  for (const fault of faults) console.log(`  wrong: ${fault}`);
}
