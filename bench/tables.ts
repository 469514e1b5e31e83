import type { ProcessMemory } from "./process-cost.js";
import type { BenchResults } from "./results.js";
import type { Spread } from "./statistics.js";
import {
  cellsOf,
  challengers,
  METRICS,
  type Metric,
  medianOf,
  ratioOf,
  type StartupTime,
  startupOf,
  startupRatioOf,
} from "./summary.js";
import { markdownTable } from "./table.js";
import { verdicts } from "./targets.js";
import { formatBytes, formatRatio, significant } from "./units.js";

const MIB = 2 ** 20;

/** Ratios to NVIDIA's stub: median (min–max) over the rounds. */
export function ratioTable(results: BenchResults): string {
  const models = challengers(results);
  const metrics: Metric[] = [
    METRICS.throughput,
    METRICS.computeInfer,
    METRICS.p50,
    METRICS.stubCpu,
  ];
  const header = metrics.flatMap(({ title }) => models.map((model) => `${model} ${title}`));
  const rows = cellsOf(results).map((cell) => [
    ...placeOf(cell),
    ...metrics.flatMap((metric) =>
      models.map((model) => withSpread(ratioOf(results, cell, model, metric), formatRatio)),
    ),
  ]);
  return markdownTable(["tensor", "concurrency", ...header], rows);
}

/** Medians of one metric for all contenders. */
export function absoluteTable(results: BenchResults, metric: Metric): string {
  const { models } = results.settings;
  const rows = cellsOf(results).map((cell) => [
    ...placeOf(cell),
    ...models.map((model) => significant(medianOf(results, cell, model, metric))),
  ]);
  return markdownTable(["tensor", "concurrency", ...models], rows);
}

export function startupTable(results: BenchResults): string {
  const times: readonly (readonly [StartupTime, string])[] = [
    ["instanceMs", "from the launch of the instance until it is initialised"],
    ["autoCompleteMs", "completion of the configuration, before the launch"],
    ["loadMs", "the whole load call"],
  ];
  const { models } = results.settings;
  const header = [
    "ms",
    ...models,
    ...challengers(results).map((model) => `${model} / ${models[0]}`),
  ];
  const rows = times.map(([time, title]) => [
    title,
    ...models.map((model) => withSpread(startupOf(results, model, time), significant)),
    ...challengers(results).map((model) =>
      withSpread(startupRatioOf(results, model, time), formatRatio),
    ),
  ]);
  return markdownTable(header, rows);
}

/** Resident memory of the stubs in MiB. */
export function memoryTable(results: BenchResults): string {
  const columns: readonly (readonly [keyof ProcessMemory, string])[] = [
    ["rss", "VmRSS"],
    ["pss", "Pss"],
    ["anonymous", "RssAnon"],
    ["file", "RssFile"],
    ["shared", "RssShmem"],
  ];
  const row = (title: string, memory: ProcessMemory, cpu: string) => [
    title,
    ...columns.map(([part]) => significant(memory[part] / MIB)),
    cpu,
  ];
  const rows = results.footprints.flatMap(({ model, idle, after, idleCpuMsPerSecond }) => [
    row(`${model}, idle`, idle, significant(idleCpuMsPerSecond)),
    ...(after === undefined ? [] : [row(`${model}, after all runs`, after, "")]),
  ]);
  return markdownTable(
    ["MiB", ...columns.map(([, title]) => title), "CPU ms per idle second"],
    rows,
  );
}

export function targetTable(results: BenchResults): string {
  const rows = verdicts(results).map(({ promise, model, target, measured, kept }) => [
    promise,
    model,
    target,
    measured,
    kept ? "yes" : "NO",
  ]);
  return markdownTable(["ratio to NVIDIA's stub", "model", "target", "median", "reached"], rows);
}

function placeOf({ bytes, concurrency }: { bytes: number; concurrency: number }): string[] {
  return [formatBytes(bytes), String(concurrency)];
}

function withSpread(spread: Spread, format: (value: number) => string): string {
  return `${format(spread.median)} (${format(spread.min)}–${format(spread.max)})`;
}
