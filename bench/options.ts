import { parseArgs } from "node:util";
import { CONTENDERS, type Contender, REFERENCE } from "./contenders.js";
import { DEFAULT_RELEASE, TRITON_RELEASES } from "./harness.js";
import { parseBytes } from "./units.js";

/** What to measure. */
export interface BenchOptions {
  /** Times that every cell is measured with every contender; an odd number makes the median a measured value. */
  readonly rounds: number;
  /** Bytes of the tensor, ascending. */
  readonly sizes: readonly number[];
  /** Requests under way at the same time. */
  readonly concurrencies: readonly number[];
  /** One of the three windows of a measurement, in milliseconds; perf_analyzer makes it 20 % longer. */
  readonly windowMs: number;
  readonly contenders: readonly Contender[];
  /** Timed loads of each model. */
  readonly loads: number;
  /** Triton's, `YY.MM`. */
  readonly release: string;
  /** Whether docs/benchmarks is written. */
  readonly write: boolean;
}

export const HELP = `Compares our stub with NVIDIA's in one real server and writes docs/benchmarks.

  --rounds N         times that everything is measured (default 5)
  --sizes LIST       bytes of the tensor, with KiB or MiB (default 64,64KiB,1MiB,8MiB,64MiB)
  --concurrency LIST requests at the same time (default 1,4)
  --window-ms N      a third of one measurement in milliseconds (default 2000)
  --models LIST      of ${CONTENDERS.map(({ name }) => name).join(", ")} (default all; ${REFERENCE} is always measured)
  --release YY.MM    of ${TRITON_RELEASES.map(({ release }) => release).join(", ")} (default ${DEFAULT_RELEASE})
  --loads N          timed loads of each model (default 7)
  --no-write         only print; leave docs/benchmarks alone
  --help             print this
`;

/** @throws TypeError, RangeError with a sentence for the user; undefined when help is wanted */
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
  throw new RangeError(`--${option} wants whole numbers above 0, not "${text}"`);
}

function releaseNamed(name: string): string {
  if (TRITON_RELEASES.some(({ release }) => release === name)) return name;
  throw new RangeError(`--release does not know "${name}"`);
}

function contendersNamed(names: readonly string[]): Contender[] {
  for (const name of names) {
    if (!CONTENDERS.some((contender) => contender.name === name)) {
      throw new RangeError(`--models does not know "${name}"`);
    }
  }
  return CONTENDERS.filter(({ name }) => name === REFERENCE || names.includes(name));
}
