import type { MetricKind } from "../../guest/services.js";
import { METRICS_MAX } from "../../limits.js";
import { printable } from "../../text.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { MetricKey } from "./metric-registry.js";
import { type Metrics, modelLabels, refusedMetric } from "./metrics.js";

/** Families of the server itself, and ours: adding to one would falsify its statistics, deleting it take them away. */
const RESERVED_PREFIXES = ["nv_", "wasm_guest_"];
/** What Prometheus takes as a metric's name, and no longer than anybody needs. */
const NAME_MAX_LENGTH = 256;
const VALID_NAME = new RegExp(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,${NAME_MAX_LENGTH - 1}}$`);

function isOfGuest({ name }: MetricKey): boolean {
  return !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * The server writes a family's help as it is into its metrics page, where a backslash begins an escape: with any other one a strict
 * parser refuses the whole page, and the metrics of all models are lost.
 */
function escapedHelp(help: string): string {
  return help.replaceAll("\\", "\\\\");
}

/** The metrics that a guest has asked for, by numbers of their own: it reaches no others. */
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
   * Makes the metric, or finds the one of this name.
   * @throws StubError ERR_METRIC_REFUSED with the reason when it is refused
   */
  open(kind: MetricKind, name: string, help: string): number {
    if (!VALID_NAME.test(name)) {
      throw refusedMetric(
        printable(name.slice(0, NAME_MAX_LENGTH)),
        `a metric's name is a letter, _ or :, and up to ${NAME_MAX_LENGTH} of these or digits`,
      );
    }
    const reserved = RESERVED_PREFIXES.find((prefix) => name.startsWith(prefix));
    if (reserved !== undefined) {
      throw refusedMetric(name, `names that begin with ${reserved} belong to the server`);
    }
    const spec = { kind, name, help: escapedHelp(help), labels: this.labels };
    // Also those that guests in stopped executors have made: the server still has them.
    if (!this.metrics.has(spec) && this.metrics.count(isOfGuest) >= METRICS_MAX) {
      throw refusedMetric(name, `a model has at most ${METRICS_MAX}`);
    }
    const index = this.metrics.open(spec);
    if (this.metrics.kind(index) !== kind) {
      throw refusedMetric(name, "the model has one of that name and another kind");
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
