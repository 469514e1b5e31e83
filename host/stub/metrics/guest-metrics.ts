import { METRIC_KIND, type MetricKind, type NewMetric } from "../../guest/services.js";
import { METRICS_MAX } from "../../limits.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import { refusedMetric } from "./errors.js";
import { modelLabels } from "./metric.js";
import { checkBuckets, checkedLabels, checkName, RESERVED_PREFIXES } from "./metric-checks.js";
import type { MetricKey } from "./metric-registry.js";
import type { Metrics } from "./metrics.js";

function isOfGuest({ name }: MetricKey): boolean {
  return !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * The server writes a family's help into its metrics page without escaping it. A backslash begins an escape there, and a strict parser
 * rejects the whole page, with the metrics of all models, for an unknown escape.
 */
function escapedHelp(help: string): string {
  return help.replaceAll("\\", "\\\\");
}

/** The metrics that a guest has created. It names them by numbers of its own, so it cannot reach other metrics. */
export class GuestMetrics {
  private readonly metrics: Metrics;
  private readonly model: string;
  private readonly version: string;
  /** By the guest's number; undefined for a metric that was deleted. */
  private readonly indexes: (number | undefined)[] = [];

  constructor(metrics: Metrics, { modelName, version }: InstanceArguments) {
    this.metrics = metrics;
    this.model = modelName;
    this.version = version;
  }

  get count(): number {
    return this.indexes.length;
  }

  /**
   * Finds or creates the metric of this name, with the labels of the model.
   * @returns the guest's number of it
   * @throws StubError ERR_METRIC_REFUSED with the reason
   */
  open(kind: MetricKind, name: string, help: string): number {
    return this.create({ kind, name, help, labels: [], buckets: [] });
  }

  /**
   * Finds or creates the metric of this name and these labels.
   * @returns the guest's number of it
   * @throws StubError ERR_METRIC_REFUSED with the reason
   */
  create({ kind, name, help, labels, buckets }: NewMetric): number {
    checkName(name);
    const isHistogram = kind === METRIC_KIND.histogram;
    if (isHistogram && !this.metrics.carriesHistograms) {
      throw refusedMetric(
        name,
        "this release of Triton has no histograms; they need 24.08 or newer",
      );
    }
    checkBuckets(name, isHistogram, buckets);
    const spec = {
      kind,
      name,
      help: escapedHelp(help),
      labels: modelLabels(this.model, this.version, checkedLabels(name, isHistogram, labels)),
      ...(isHistogram ? { buckets } : {}),
    };
    // The limit counts the metrics that guests of stopped executors have created, too: the server still has them.
    if (!this.metrics.has(spec) && this.metrics.count(isOfGuest) >= METRICS_MAX) {
      throw refusedMetric(name, `a model may have at most ${METRICS_MAX} metrics`);
    }
    const index = this.metrics.open(spec);
    if (this.metrics.kind(index) !== kind) {
      throw refusedMetric(name, "the model already has a metric of this name and another kind");
    }
    return this.numberOf(index);
  }

  /** Undefined for a metric that was deleted. */
  kind(metric: number): MetricKind | undefined {
    const index = this.indexes[metric];
    return index === undefined ? undefined : (this.metrics.kind(index) as MetricKind);
  }

  add(metric: number, by: number): void {
    this.metrics.add(this.indexes[metric]!, by);
  }

  set(metric: number, value: number): void {
    this.metrics.set(this.indexes[metric]!, value);
  }

  observe(metric: number, value: number): void {
    this.metrics.observe(this.indexes[metric]!, value);
  }

  value(metric: number): number {
    return this.metrics.value(this.indexes[metric]!);
  }

  delete(metric: number): void {
    const index = this.indexes[metric]!;
    this.indexes[metric] = undefined;
    this.metrics.delete(index);
  }

  private numberOf(index: number): number {
    const known = this.indexes.indexOf(index);
    if (known >= 0) return known;
    const free = this.indexes.indexOf(undefined);
    const number = free < 0 ? this.indexes.length : free;
    this.indexes[number] = index;
    return number;
  }
}
