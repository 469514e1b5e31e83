import { parseArgs } from "node:util";
import { CONTENDERS, type Contender, REFERENCE } from "./contenders.js";
import { DEFAULT_RELEASE, TRITON_RELEASES } from "./harness.js";
import { parseBytes } from "./units.js";

/** The options of `npm run bench`. */
export interface BenchOptions {
  /** Number of measurements of every cell with every contender. With an odd number the median is a measured value. */
  readonly rounds: number;
  /** Sizes of the tensor in bytes, ascending. */
  readonly sizes: readonly number[];
  /** Numbers of concurrent requests. */
  readonly concurrencies: readonly number[];
  /** Length of one of the three windows of a measurement, in milliseconds. perf_analyzer makes each 20 % longer. */
  readonly windowMs: number;
  readonly contenders: readonly Contender[];
  /** Number of timed loads of each model. */
  readonly loads: number;
  /** Release of the server, `YY.MM`. */
  readonly release: string;
  /** Whether the results are written to docs/benchmarks. */
  readonly write: boolean;
}

export const HELP = `Compares our stub with NVIDIA's in one real server and writes docs/benchmarks.

  --rounds N         number of measurements of each cell (default 5)
  --sizes LIST       sizes of the tensor in bytes, KiB or MiB (default 64,64KiB,1MiB,8MiB,64MiB)
  --concurrency LIST numbers of concurrent requests (default 1,4)
  --window-ms N      length of one of the three windows of a measurement, in milliseconds (default 2000)
  --models LIST      some of ${CONTENDERS.map(({ name }) => name).join(", ")} (default all; ${REFERENCE} is always measured)
  --release YY.MM    one of ${TRITON_RELEASES.map(({ release }) => release).join(", ")} (default ${DEFAULT_RELEASE})
  --loads N          number of timed loads of each model (default 7)
  --no-write         print the results, and do not write docs/benchmarks
  --help             print this text
`;

/**
 * @returns undefined for --help
 * @throws TypeError, RangeError with a sentence for the user
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      sizes: { type: "string", default: "64,64KiB,1MiB,8MiB,64MiB" },
      concurrency: { type: "string", default: "1,4" },
      "window-ms": { type: "string", default: "2000" },
      models: { type: "string", default: CONTENDERS.map(({ name }) => name).join(",") },
      release: { type: "string", default: DEFAULT_RELEASE },
      loads: { type: "string", default: "7" },
      "no-write": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    rounds: count("rounds", values.rounds),
    sizes: values.sizes.split(",").map(parseBytes).sort(ascending),
    concurrencies: values.concurrency.split(",").map((text) => count("concurrency", text)),
    windowMs: count("window-ms", values["window-ms"]),
    contenders: contendersNamed(values.models.split(",")),
    release: releaseNamed(values.release),
    loads: count("loads", values.loads),
    write: !values["no-write"],
  };
}

function ascending(one: number, other: number): number {
  return one - other;
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`--${option} must be a whole number above 0, not "${text}"`);
}

function releaseNamed(name: string): string {
  if (TRITON_RELEASES.some(({ release }) => release === name)) return name;
  throw new RangeError(`--release must be one of the releases below, not "${name}"`);
}

function contendersNamed(names: readonly string[]): Contender[] {
  for (const name of names) {
    if (!CONTENDERS.some((contender) => contender.name === name)) {
      throw new RangeError(`--models must be some of the models below, not "${name}"`);
    }
  }
  return CONTENDERS.filter(({ name }) => name === REFERENCE || names.includes(name));
}
