import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_RELEASE, projectFolder, TRITON_RELEASES } from "./harness.js";
import type { Machine } from "./machine.js";
import type { StubFootprint } from "./memory.js";
import type { RoundRow } from "./rounds.js";
import type { StartupRow } from "./startup.js";

/** The results of a run, as in docs/benchmarks/results.json. */
export interface BenchResults {
  readonly machine: Machine;
  /** The options of the run. Sizes are in bytes. */
  readonly settings: {
    readonly rounds: number;
    readonly sizes: readonly number[];
    readonly concurrencies: readonly number[];
    readonly windowMs: number;
    readonly models: readonly string[];
    readonly loads: number;
  };
  readonly rounds: readonly RoundRow[];
  readonly startup: readonly StartupRow[];
  readonly footprints: readonly StubFootprint[];
}

const DIGITS = 6;

/** Name of the file in docs/benchmarks that has the results of a release. */
export function resultsFile(release: string): string {
  return release === DEFAULT_RELEASE ? "results.json" : `results-${release}.json`;
}

/** The results of all measured releases except the default one. */
export async function otherResults(): Promise<BenchResults[]> {
  const all = TRITON_RELEASES.map(({ release }) => release)
    .filter((release) => release !== DEFAULT_RELEASE)
    .map((release) => readJson<BenchResults>(resultsFile(release)));
  return (await Promise.all(all)).filter((results) => results !== undefined);
}

/** Path of a file in docs/benchmarks. */
export function benchmarkFile(name: string): string {
  return join(projectFolder(), "docs", "benchmarks", name);
}

/** Writes a file of docs/benchmarks. Numbers get six significant digits. */
export async function writeJson(name: string, document: object): Promise<void> {
  await mkdir(benchmarkFile(""), { recursive: true });
  const shorten = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value)
      ? Number(value.toPrecision(DIGITS))
      : value;
  await writeFile(benchmarkFile(name), `${JSON.stringify(document, shorten, 1)}\n`);
}

/**
 * Reads a file of docs/benchmarks.
 * @returns undefined when it does not exist
 */
export async function readJson<Document>(name: string): Promise<Document | undefined> {
  const file = benchmarkFile(name);
  return existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : undefined;
}
