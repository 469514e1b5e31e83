import { fstatSync, readSync, writeSync } from "node:fs";
import type { InstanceArguments } from "../wire/initialize.js";
import type { MetricAddresses } from "./metric-registry.js";
import type { Metric } from "./metrics.js";

type MetricText = Omit<Metric, keyof MetricAddresses> & {
  readonly [name in keyof MetricAddresses]: string;
};

/** What an executor leaves to those after it. */
type Entry =
  | { readonly kind: "instance"; readonly instance: InstanceArguments }
  | { readonly kind: "metric"; readonly metric: MetricText }
  | { readonly kind: "module"; readonly path: string; readonly bytes: number };

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
    const bytes = Buffer.alloc(fstatSync(fd).size);
    readSync(fd, bytes, 0, bytes.length, 0);
    this.end = bytes.lastIndexOf("\n") + 1;
    for (const line of bytes.toString("utf8", 0, this.end).split("\n")) {
      if (line !== "") this.entries.push(JSON.parse(line));
    }
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

  /** The module that was loaded: its file's path, and its length in bytes. */
  get module(): { readonly path: string; readonly bytes: number } | undefined {
    return this.entries.find((entry) => entry.kind === "module");
  }

  addInstance(instance: InstanceArguments): void {
    this.add({ kind: "instance", instance });
  }

  addMetric(metric: Metric): void {
    this.add({ kind: "metric", metric: textOf(metric) });
  }

  addModule(path: string, bytes: number): void {
    this.add({ kind: "module", path, bytes });
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
