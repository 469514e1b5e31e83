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

/** Facts that the first executor detects. They stay valid for the life of the instance, even if the files change. */
export interface LaunchFacts {
  readonly serverRelease: ServerRelease;
  /** The operator's maximum of each limit. */
  readonly ceilings: Ceilings;
}

/** One fact for later executors. */
type Entry =
  | { readonly kind: "launched"; readonly launched: LaunchFacts }
  | { readonly kind: "instance"; readonly instance: InstanceArguments }
  | { readonly kind: "metric"; readonly metric: MetricText }
  | { readonly kind: "metricGone"; readonly message: number }
  | { readonly kind: "module"; readonly path: string };

/**
 * State that outlives the executors of an instance, beside the mapping: lines of JSON in a file in memory, which belongs to the guard. A
 * line without an end, from an executor that died while it wrote, is ignored.
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

  /** Returns the facts on record. The first executor detects them. */
  launchFacts(detect: () => LaunchFacts): LaunchFacts {
    const known = this.entries.find((entry) => entry.kind === "launched")?.launched;
    if (known !== undefined) return known;
    const launched = detect();
    this.add({ kind: "launched", launched });
    return launched;
  }

  /** Undefined before the model is initialised. */
  get instance(): InstanceArguments | undefined {
    return this.entries.find((entry) => entry.kind === "instance")?.instance;
  }

  get metrics(): Metric[] {
    // A message of a metric that was deleted is freed, so a later metric may have the same handle.
    const metrics: Metric[] = [];
    for (const entry of this.entries) {
      if (entry.kind === "metric") metrics.push(metricOf(entry.metric));
      if (entry.kind !== "metricGone") continue;
      metrics.splice(metrics.findIndex(({ message }) => message === entry.message) >>> 0, 1);
    }
    return metrics;
  }

  /** Number of metrics that were created, with those that were deleted. */
  get metricsCreated(): number {
    return this.entries.filter(({ kind }) => kind === "metric").length;
  }

  /** Path of the file that the module was loaded from. */
  get modulePath(): string | undefined {
    return this.entries.find((entry) => entry.kind === "module")?.path;
  }

  addInstance(instance: InstanceArguments): void {
    this.add({ kind: "instance", instance });
  }

  addMetric(metric: Metric): void {
    this.add({ kind: "metric", metric: textOf(metric) });
  }

  /** The metric was deleted. Call it before the blocks of its message are freed. */
  removeMetric({ message }: Metric): void {
    this.add({ kind: "metricGone", message });
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

/** The log has addresses as texts: JSON numbers do not hold 64 bits. */
function metricOf(text: MetricText): Metric {
  return { ...text, family: BigInt(text.family), metric: BigInt(text.metric) };
}

function textOf(metric: Metric): MetricText {
  return { ...metric, family: String(metric.family), metric: String(metric.metric) };
}
