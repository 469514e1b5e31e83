import type { Cell } from "./cell.js";
import { REFERENCE } from "./contenders.js";
import type { BenchResults } from "./results.js";
import type { RoundRow } from "./rounds.js";
import type { StartupRow } from "./startup.js";
import { median, type Spread, spreadOf } from "./statistics.js";

/** A number that each measurement has. */
export interface Metric {
  /** Name and unit, for the heading of a table. */
  readonly title: string;
  readonly of: (row: RoundRow) => number;
}

export const METRICS = {
  throughput: { title: "infer/s", of: (row) => row.client.inferencesPerSecond },
  computeInfer: { title: "compute infer µs", of: (row) => row.server.computeInferUs },
  p50: { title: "latency p50 µs", of: (row) => row.client.p50Us },
  p99: { title: "latency p99 µs", of: (row) => row.client.p99Us },
  stubCpu: {
    title: "CPU µs of the stub",
    of: (row) => row.stubCost.userUs + row.stubCost.systemUs,
  },
} as const satisfies Record<string, Metric>;

/** All rounds of one contender in one cell. */
export function rowsOf(results: BenchResults, cell: Cell, model: string): RoundRow[] {
  return results.rounds.filter(
    (row) =>
      row.model === model && row.bytes === cell.bytes && row.concurrency === cell.concurrency,
  );
}

/** All cells in the order of the tables. */
export function cellsOf(results: BenchResults): Cell[] {
  const { sizes, concurrencies } = results.settings;
  return concurrencies.flatMap((concurrency) => sizes.map((bytes) => ({ bytes, concurrency })));
}

/** The contenders that are compared with the reference. */
export function challengers(results: BenchResults): string[] {
  return results.settings.models.filter((model) => model !== REFERENCE);
}

/** Median over the rounds. */
export function medianOf(results: BenchResults, cell: Cell, model: string, metric: Metric): number {
  return median(rowsOf(results, cell, model).map(metric.of));
}

/** The metric divided by NVIDIA's value of the same round. */
export function ratioOf(results: BenchResults, cell: Cell, model: string, metric: Metric): Spread {
  const reference = new Map(
    rowsOf(results, cell, REFERENCE).map((row) => [row.round, metric.of(row)]),
  );
  const rows = rowsOf(results, cell, model);
  return spreadOf(rows.map((row) => metric.of(row) / reference.get(row.round)!));
}

export type StartupTime = "instanceMs" | "autoCompleteMs" | "loadMs";

/** A model's time over all loads, in milliseconds. */
export function startupOf(results: BenchResults, model: string, time: StartupTime): Spread {
  return spreadOf(startupRows(results, model).map((row) => row[time]));
}

/** The time divided by NVIDIA's time of the same round. */
export function startupRatioOf(results: BenchResults, model: string, time: StartupTime): Spread {
  const reference = new Map(startupRows(results, REFERENCE).map((row) => [row.round, row[time]]));
  return spreadOf(startupRows(results, model).map((row) => row[time] / reference.get(row.round)!));
}

function startupRows(results: BenchResults, model: string): StartupRow[] {
  return results.startup.filter((row) => row.model === model);
}
