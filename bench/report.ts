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

/** Prints everything that a reader wants to know at once. */
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

/** Makes README.md and throughput.svg of docs/benchmarks from the numbers that lie there. */
export async function writeReport(): Promise<void> {
  const results = await readJson<BenchResults>("results.json");
  if (results === undefined) throw new Error("docs/benchmarks/results.json is missing.");
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
    "`npm run bench` writes this page; do not edit it. [results.json](results.json) has the numbers of every round.",
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
    "Each value is divided by NVIDIA's value of the same round. The cells show the median (min–max) over the rounds. For infer/s a larger ratio is better, " +
      "for the others a smaller one.",
    ratioTable(results),
    "## Absolute numbers",
    "Medians over the rounds.",
    ...Object.values(METRICS).flatMap((metric) => [
      `### ${metric.title}`,
      absoluteTable(results, metric),
    ]),
    "## Start-up",
    `Median (min–max) of ${results.settings.loads} loads of each model, in turns, with the files in the page cache.`,
    startupTable(results),
    "## Memory",
    memoryTable(results),
    ...others.flatMap(otherRelease),
    ...(profile === undefined ? [] : profileChapter(results, profile)),
  ].join("\n\n");
}

/** The same comparison with another release's server and NVIDIA's stub of that release. */
function otherRelease(results: BenchResults): string[] {
  const { machine, settings } = results;
  const { tritonRelease, date, stubSha256 } = machine;
  return [
    `## Triton ${tritonRelease}`,
    `Made by \`npm run bench -- --release ${tritonRelease}\` (${settings.rounds} rounds, windows of ${settings.windowMs} ms) on ${date}, ` +
      `bundle ${stubSha256}; raw numbers: [${resultsFile(tritonRelease)}](${resultsFile(tritonRelease)}).`,
    ratioTable(results),
    `### infer/s, Triton ${tritonRelease}`,
    absoluteTable(results, METRICS.throughput),
    `### Start-up, Triton ${tritonRelease}`,
    startupTable(results),
  ];
}

function methodText({ settings, machine }: BenchResults): string {
  const { rounds, windowMs } = settings;
  return `All three serve the same model, which returns FP32 \`INPUT0\` of any length as \`OUTPUT0\`. Each has one instance, in one
unmodified tritonserver ${machine.tritonRelease}. First the benchmark checks that every model returns
random bytes of every size unchanged. Then perf_analyzer (gRPC, tensors in system shared memory) measures one model after the other, in 3 windows of
${(windowMs * 1.2) / 1_000} s, ${rounds} rounds. The order of the models changes from cell to cell and from round to round. *Compute infer* is measured by the server, from
its message to the stub until it has received the answer. CPU time is the time of all threads of the stub's process, divided by the number of requests.

\`\`\`sh
npm run bench                                  # about 20 minutes
npm run bench -- --rounds 1 --window-ms 500    # a short run; --help lists all options
\`\`\``;
}

function machineText(machine: Machine): string {
  return [
    "## Machine",
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Linux ${machine.kernel}`,
    `- Node ${machine.stubNode} in our stub (bundle ${machine.stubSha256}), Python ${machine.python} with numpy ${machine.numpy} in NVIDIA's`,
    `- ${machine.date}`,
  ].join("\n");
}
