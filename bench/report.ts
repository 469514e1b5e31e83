import { writeFile } from "node:fs/promises";
import { CONTENDERS } from "./contenders.js";
import type { Machine } from "./machine.js";
import { throughputPlot } from "./plot.js";
import { profileChapter } from "./profile/chapter.js";
import type { ProfileResults } from "./profile/profile-results.js";
import {
  type BenchResults,
  benchmarkFile,
  otherResults,
  readJson,
  resultsFile,
} from "./results.js";
import { METRICS } from "./summary.js";
import { absoluteTable, memoryTable, ratioTable, startupTable, targetTable } from "./tables.js";

/** Prints all tables of a run. */
export function printReport(results: BenchResults): void {
  const parts = [
    "Ratios to NVIDIA's stub in the same round: median (min–max)",
    ratioTable(results),
    ...Object.values(METRICS).flatMap((metric) => [
      `Medians: ${metric.title}`,
      absoluteTable(results, metric),
    ]),
    "Start-up: median (min–max)",
    startupTable(results),
    "Memory of the stub process",
    memoryTable(results),
    "Targets",
    targetTable(results),
  ];
  console.log(parts.join("\n\n"));
}

/** Writes README.md and throughput.svg of docs/benchmarks from the numbers in that folder. */
export async function writeReport(): Promise<void> {
  const results = await readJson<BenchResults>("results.json");
  if (results === undefined)
    throw new Error("docs/benchmarks/results.json is missing: run 'npm run bench' first");
  await writeFile(benchmarkFile("throughput.svg"), throughputPlot(results));
  const profile = await readJson<ProfileResults>("profile.json");
  const others = await otherResults();
  await writeFile(benchmarkFile("README.md"), `${readme(results, others, profile)}\n`);
}

function readme(
  results: BenchResults,
  others: readonly BenchResults[],
  profile: ProfileResults | undefined,
): string {
  return [
    "# Benchmarks",
    "`npm run bench` generates this page: do not edit it. [results.json](results.json) has the raw numbers of every round.",
    "![Throughput relative to NVIDIA's stub](throughput.svg)",
    "## What was compared",
    CONTENDERS.map(
      ({ name, title, backend }) => `- **${name}**: ${title} (\`backend: "${backend}"\`)`,
    ).join("\n"),
    methodText(results),
    machineText(results.machine),
    "## Targets",
    targetTable(results),
    "## Ratios to NVIDIA's stub",
    "Each value is divided by the value of NVIDIA's stub in the same round. The table has the median (min–max) over the rounds. " +
      "For infer/s a higher ratio is better, for the other metrics a lower one.",
    ratioTable(results),
    "## Absolute numbers",
    "The tables have the medians over the rounds.",
    ...Object.values(METRICS).flatMap((metric) => [
      `### ${metric.title}`,
      absoluteTable(results, metric),
    ]),
    "## Start-up",
    `Each model was loaded ${results.settings.loads} times, in turns with the others, while all files were in the page cache. The table has the median (min–max).`,
    startupTable(results),
    "## Memory",
    memoryTable(results),
    ...others.flatMap(otherRelease),
    ...(profile === undefined ? [] : profileChapter(results, profile)),
  ].join("\n\n");
}

/** The same comparison for another release of the server, with NVIDIA's stub of that release. */
function otherRelease(results: BenchResults): string[] {
  const { machine, settings } = results;
  const { tritonRelease, date, stubSha256 } = machine;
  return [
    `## Triton ${tritonRelease}`,
    `\`npm run bench -- --release ${tritonRelease}\` measured this on ${date} (${settings.rounds} rounds, windows of ${settings.windowMs} ms, bundle ${stubSha256}). ` +
      `[${resultsFile(tritonRelease)}](${resultsFile(tritonRelease)}) has the raw numbers.`,
    ratioTable(results),
    `### infer/s, Triton ${tritonRelease}`,
    absoluteTable(results, METRICS.throughput),
    `### Start-up, Triton ${tritonRelease}`,
    startupTable(results),
  ];
}

function methodText({ settings, machine }: BenchResults): string {
  const { rounds, windowMs } = settings;
  return `All contenders run in one unmodified tritonserver ${machine.tritonRelease}, with one instance each. They serve the same model, which returns FP32
\`INPUT0\` of any length as \`OUTPUT0\`. The benchmark first checks that every model returns random bytes of every size unchanged. Then
perf_analyzer (gRPC, tensors in system shared memory) sends requests to one model after the other, for 3 windows of
${(windowMs * 1.2) / 1_000} s, in ${rounds} rounds. The order of the models changes with each combination of size and concurrency, and with each round.
*Compute infer* is a statistic of the server: the time from the message to the stub until its answer. CPU time is the sum over
all threads of the stub's processes, divided by the number of requests.

\`\`\`sh
npm run bench                                  # about 20 minutes
npm run bench -- --rounds 1 --window-ms 500    # a quick run; --help lists all options
\`\`\``;
}

function machineText(machine: Machine): string {
  return [
    "## Machine",
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Linux ${machine.kernel}`,
    `- Node ${machine.stubNode} in our stub (bundle ${machine.stubSha256}), Python ${machine.python} with numpy ${machine.numpy} in NVIDIA's stub`,
    `- measured on ${machine.date}`,
  ].join("\n");
}
