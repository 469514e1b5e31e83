import type { MetricKind } from "../../guest/services.js";
import { METRICS_MAX } from "../../limits.js";
import { printable } from "../../text.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import { refusedMetric } from "./errors.js";
import { modelLabels } from "./metric.js";
import type { MetricKey } from "./metric-registry.js";
import type { Metrics } from "./metrics.js";

/** The server's own families, and those of {@link GuestStatistics}: a guest must not change or delete them. */
const RESERVED_PREFIXES = ["nv_", "wasm_guest_"];
const NAME_MAX_LENGTH = 256;
/** The metric names that Prometheus accepts. */
const VALID_NAME = new RegExp(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,${NAME_MAX_LENGTH - 1}}$`);

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
  private readonly labels: string;
  private readonly indexes: number[] = [];

  constructor(metrics: Metrics, { modelName, version }: InstanceArguments) {
    this.metrics = metrics;
    this.labels = modelLabels(modelName, version);
  }

  get count(): number {
    return this.indexes.length;
  }

  /**
   * Finds or creates the metric of this name.
   * @returns the guest's number of it
   * @throws StubError ERR_METRIC_REFUSED with the reason
   */
  open(kind: MetricKind, name: string, help: string): number {
    if (!VALID_NAME.test(name)) {
      throw refusedMetric(
        printable(name.slice(0, NAME_MAX_LENGTH)),
        `a metric's name must begin with a letter, _ or :, contain only these and digits, and have at most ${NAME_MAX_LENGTH} characters`,
      );
    }
    const reserved = RESERVED_PREFIXES.find((prefix) => name.startsWith(prefix));
    if (reserved !== undefined) {
      throw refusedMetric(name, `names that begin with ${reserved} are reserved; use another name`);
    }
    const spec = { kind, name, help: escapedHelp(help), labels: this.labels };
    // The limit counts the metrics that guests of stopped executors have created, too: the server still has them.
    if (!this.metrics.has(spec) && this.metrics.count(isOfGuest) >= METRICS_MAX) {
      throw refusedMetric(name, `a model may have at most ${METRICS_MAX} metrics`);
    }
    const index = this.metrics.open(spec);
    if (this.metrics.kind(index) !== kind) {
      throw refusedMetric(name, "the model already has a metric of this name and another kind");
    }
    const known = this.indexes.indexOf(index);
    return known >= 0 ? known : this.indexes.push(index) - 1;
  }

  kind(metric: number): MetricKind {
    return this.metrics.kind(this.indexes[metric]!) as MetricKind;
  }

  add(metric: number, by: number): void {
    this.metrics.add(this.indexes[metric]!, by);
  }

  set(metric: number, value: number): void {
    this.metrics.set(this.indexes[metric]!, value);
  }
}
