/**
 * Runs 8 clients of calls and streams on the servers of these releases, and prints what came of their requests.
 *   node dist/js/test/chaos/mixed/main.js [--seconds N] [--seed N] [--releases YY.MM,…] [--kinds]
 */
import { parseArgs } from "node:util";
import { type LoadReport, mixedLoad } from "./load.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    releases: { type: "string", default: "23.12,24.08,24.10" },
    kinds: { type: "boolean", default: false },
  },
});

for (const release of values.releases.split(",")) {
  const options = { seconds: Number(values.seconds), seed: Number(values.seed) };
  const report = await mixedLoad(release, options);
  print(report);
  if (report.faults.length > 0) process.exitCode = 1;
}

function print({ release, tally, reloads, faults }: LoadReport): void {
  console.log(
    `${release}: ${tally.right} requests with the right answer, ${tally.failed} with the error that the load expects, ${reloads} reloads`,
  );
  if (values.kinds) {
    for (const [kind, { right, failed }] of [...tally.kinds].sort()) {
      console.log(`  ${kind}: ${right} right, ${failed} errors`);
    }
  }
  for (const fault of faults) console.log(`  wrong: ${fault}`);
}
