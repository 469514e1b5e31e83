import { writeSync } from "node:fs";
import type { Ceilings } from "../config/ceilings.js";
import { readOpened } from "../opened-file.js";
import type { ServerRelease } from "../release/detect.js";
import type { InstanceArguments } from "../wire/records/initialize.js";
import type { Metric } from "./metrics/metric.js";
import type { MetricAddresses } from "./metrics/metric-registry.js";

type MetricText = Omit<Metric, keyof MetricAddresses> & {
  readonly [name in keyof MetricAddresses]: string;
};

/** What holds for an instance from its load on, whatever its files say later. */
export interface Launched {
  readonly server: ServerRelease;
  /** The most that the operator lets a model ask for. */
  readonly ceilings: Ceilings;
}

/** What an executor leaves to those after it. */
type Entry =
  | { readonly kind: "launched"; readonly launched: Launched }
  | { readonly kind: "instance"; readonly instance: InstanceArguments }
  | { readonly kind: "metric"; readonly metric: MetricText }
  | { readonly kind: "module"; readonly path: string };

/**
 * What outlives the executors of an instance beside the mapping: lines of JSON in a file in memory, which belongs to the guard. A line
 * that an executor has not ended before it died does not count.
 */
export class StateLog {
  private readonly fd: number;
  private readonly entries: Entry[] = [];
  private end = 0;

  constructor(fd: number) {
    this.fd = fd;
    const bytes = readOpened(fd);
    this.end = bytes.lastIndexOf("\n") + 1;
    for (const line of bytes.toString("utf8", 0, this.end).split("\n")) {
      if (line !== "") this.entries.push(JSON.parse(line));
    }
  }

  /** That of the first executor, which finds it out. */
  launched(look: () => Launched): Launched {
    const known = this.entries.find((entry) => entry.kind === "launched")?.launched;
    if (known !== undefined) return known;
    const launched = look();
    this.add({ kind: "launched", launched });
    return launched;
  }

  /** Undefined as long as the model is not initialised. */
  get instance(): InstanceArguments | undefined {
    return this.entries.find((entry) => entry.kind === "instance")?.instance;
  }

  get metrics(): Metric[] {
    return this.entries.flatMap((entry) =>
      entry.kind === "metric" ? [metricOf(entry.metric)] : [],
    );
  }

  /** Path of the file whose module was loaded. */
  get modulePath(): string | undefined {
    return this.entries.find((entry) => entry.kind === "module")?.path;
  }

  addInstance(instance: InstanceArguments): void {
    this.add({ kind: "instance", instance });
  }

  addMetric(metric: Metric): void {
    this.add({ kind: "metric", metric: textOf(metric) });
  }

  addModule(path: string): void {
    this.add({ kind: "module", path });
  }

  private add(entry: Entry): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    writeSync(this.fd, line, 0, line.length, this.end);
    this.end += line.length;
    this.entries.push(entry);
  }
}

/** Addresses have 64 bits, more than a number of JSON. */
function metricOf(text: MetricText): Metric {
  return { ...text, family: BigInt(text.family), metric: BigInt(text.metric) };
}

function textOf(metric: Metric): MetricText {
  return { ...metric, family: String(metric.family), metric: String(metric.metric) };
}
