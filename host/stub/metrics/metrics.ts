import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import { METRIC_OBSERVATIONS_MAX, METRICS_CREATED_MAX } from "../../limits.js";
import { refusedMetric } from "./errors.js";
import type { Metric, MetricSpec } from "./metric.js";
import { noChange } from "./metric-change.js";
import type { MetricKey, MetricRegistry } from "./metric-registry.js";
import { isCreated, type MetricEntry, MetricSender } from "./metric-sender.js";
import { ServerMetrics } from "./server-metrics.js";

export interface MetricsOptions {
  readonly endpoint: Endpoint;
  readonly registry: MetricRegistry;
  /** The metrics that an earlier executor of the instance has created. */
  readonly metrics: readonly Metric[];
  /** Called with each new metric. */
  readonly onNew: (metric: Metric) => void;
  /** Called with each metric that is deleted, before the blocks of its message are freed. */
  readonly onDeleted: (metric: Metric) => void;
  /** The number of metrics that the instance has created, with those that were deleted. */
  readonly created: () => number;
  /** Called after all metrics were released. */
  readonly onClosed: () => void;
  /** Called when the server rejects a request about a metric. */
  readonly onRefusal: (message: string) => void;
  /** Whether no metric may be created in the server before {@link Metrics.createDeferred}. */
  readonly isDeferred: boolean;
}

/**
 * The metrics of a model instance.
 *
 * ```
 *  guest ----> GuestMetrics        checks names and limits; has numbers of the guest's own ----+
 *                                                                                              +--> Metrics
 *  sandbox --> GuestStatistics     traps, restarts, memory of the guests ----------------------+     | collects changes; MetricSender sends them
 *                                                                                                    |
 *              MetricsCodec  <---- ServerMetrics  <--------------------------------------------------+
 *   (host/wire) the records        creates and deletes metrics in the server, over the side channel
 *                                       |
 *                                       +--> MetricRegistry   the file in which the instances of a model share their metrics
 * ```
 */
export class Metrics {
  private readonly endpoint: Endpoint;
  private readonly server: ServerMetrics;
  /** By index; undefined where a metric was deleted. */
  private readonly entries: (MetricEntry | undefined)[];
  /** Sends the changes. */
  readonly sender: MetricSender;
  private readonly options: MetricsOptions;
  private isDeferred: boolean;

  constructor(options: MetricsOptions) {
    const { endpoint, metrics } = options;
    this.endpoint = endpoint;
    this.server = new ServerMetrics(endpoint, options.registry, options);
    this.entries = metrics.map((metric) => this.entryOf(metric));
    const { onRefusal } = options;
    this.sender = new MetricSender({
      endpoint,
      server: this.server,
      entries: this.entries,
      onRefusal,
    });
    this.options = options;
    this.isDeferred = options.isDeferred;
  }

  /** Whether the server's release has histograms. */
  get carriesHistograms(): boolean {
    return this.endpoint.dialect.metrics.carriesHistograms;
  }

  /**
   * Finds or creates the metric. This process uses it until {@link closeAll} or {@link delete}.
   * @returns its index
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  open(spec: MetricSpec): number {
    const known = this.indexOf(spec);
    if (known >= 0) return known;
    if (this.options.created() >= METRICS_CREATED_MAX) {
      throw refusedMetric(
        spec.name,
        `a model instance may create at most ${METRICS_CREATED_MAX} metrics in its life; reload the model, and delete fewer metrics`,
      );
    }
    const metric = this.isDeferred ? spec : this.server.acquire(spec);
    const free = this.entries.indexOf(undefined);
    const index = free < 0 ? this.entries.length : free;
    this.entries[index] = this.entryOf(metric);
    return index;
  }

  /** As {@link open}. Reports a refusal to `onRefusal` and returns undefined. */
  tryOpen(spec: MetricSpec): number | undefined {
    try {
      return this.open(spec);
    } catch (error) {
      this.options.onRefusal(messageOf(error));
      return undefined;
    }
  }

  has(key: MetricKey): boolean {
    return this.indexOf(key) >= 0;
  }

  /** The number of open metrics for which `which` returns true. */
  count(which: (key: MetricKey) => boolean): number {
    return this.entries.filter((entry) => entry !== undefined && which(entry.metric)).length;
  }

  kind(index: number): number {
    return this.entries[index]!.metric.kind;
  }

  add(index: number, by: number): void {
    const { change } = this.entries[index]!;
    change.added = Math.max(-Number.MAX_VALUE, Math.min(change.added + by, Number.MAX_VALUE));
  }

  set(index: number, value: number): void {
    const { change } = this.entries[index]!;
    change.set = value;
    change.added = 0;
  }

  /** @throws StubError ERR_METRIC_REFUSED when too many observations wait */
  observe(index: number, value: number): void {
    const { metric, change } = this.entries[index]!;
    if (this.sender.observations >= METRIC_OBSERVATIONS_MAX) {
      const reason = `a batch may have at most ${METRIC_OBSERVATIONS_MAX} observations`;
      throw refusedMetric(metric.name, reason);
    }
    this.sender.observations += 1;
    change.observed.push(value);
  }

  /**
   * The value of a counter or gauge, with all changes so far.
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  value(index: number): number {
    const entry = this.entries[index]!;
    const { added, set } = entry.change;
    if (!isCreated(entry.metric)) return (set ?? 0) + added;
    this.sender.send(entry);
    return this.server.valueOf(entry.metric);
  }

  /**
   * Releases the metric. The server keeps it while another instance uses it.
   * @throws StubError with the server's reason
   */
  delete(index: number): void {
    const entry = this.entries[index]!;
    this.sender.send(entry);
    this.sender.observations -= entry.change.observed.length;
    this.entries[index] = undefined;
    if (!isCreated(entry.metric)) return;
    this.endpoint.side.finish();
    this.server.delete(entry.metric);
  }

  /** Creates the deferred metrics in the server. From now on {@link open} creates metrics at once. */
  createDeferred(): void {
    this.isDeferred = false;
    for (const entry of this.entries) {
      if (entry === undefined || isCreated(entry.metric)) continue;
      try {
        entry.metric = this.server.acquire(entry.metric);
        entry.exchange = this.server.exchangeOf(entry.metric as Metric);
      } catch (error) {
        this.options.onRefusal(messageOf(error));
      }
    }
  }

  /** Releases all metrics. The server keeps a metric until the last instance has released it. */
  closeAll(): void {
    for (const entry of this.entries.splice(0)) {
      if (entry === undefined || !isCreated(entry.metric)) continue;
      try {
        this.server.release(entry.metric);
      } catch (error) {
        this.options.onRefusal(messageOf(error));
      }
    }
    this.options.onClosed();
  }

  private indexOf(key: MetricKey): number {
    return this.entries.findIndex(
      (entry) => entry?.metric.name === key.name && entry.metric.labels === key.labels,
    );
  }

  private entryOf(metric: Metric | MetricSpec): MetricEntry {
    const change = noChange();
    if (!isCreated(metric)) return { metric, exchange: undefined, change };
    change.added = this.server.restOf(metric);
    return { metric, exchange: this.server.exchangeOf(metric), change };
  }
}
