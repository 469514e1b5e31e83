import type { Endpoint } from "../../channel/endpoint.js";
import type { Exchange } from "../../channel/exchange.js";
import { messageOf } from "../../errors.js";
import { METRIC_KIND } from "../../guest/services.js";
import {
  METRIC_OBSERVATIONS_MAX,
  METRICS_CREATED_MAX,
  METRICS_IDLE_MS,
  METRICS_PAUSE_MS,
  QUEUE_WAIT_MS,
} from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import { refusedMetric } from "./errors.js";
import type { Metric, MetricSpec } from "./metric.js";
import { type Change, isChange, noChange } from "./metric-change.js";
import type { MetricKey, MetricRegistry } from "./metric-registry.js";
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

/** A metric with what is to be sent. */
interface Entry {
  metric: Metric | MetricSpec;
  /** Undefined before the server has the metric. */
  exchange: Exchange | undefined;
  change: Change;
}

/**
 * The metrics of a model instance.
 *
 * ```
 *  guest ----> GuestMetrics        checks names and limits; has numbers of the guest's own ----+
 *                                                                                              +--> Metrics
 *  sandbox --> GuestStatistics     traps, restarts, memory of the guests ----------------------+     | collects changes, sends them
 *                                                                                                    |
 *              MetricsCodec  <---- ServerMetrics  <--------------------------------------------------+
 *   (host/wire) the records        creates and deletes metrics in the server, over the side channel
 *                                       |
 *                                       +--> MetricRegistry   the file in which the instances of a model share their metrics
 * ```
 *
 * The changes of a batch go to the server before its responses, as one message per metric. If the last changes were sent less than 5 ms ago,
 * those of counters go when no command has come for 1 ms, or together with those of later batches. They are noted in the region meanwhile. A
 * batch waits for the server's answers to changes of gauges. No client waits for the answer to the last change of a counter: the executor
 * reads it while it waits for commands. The messages are made once per metric: a change allocates no memory.
 */
export class Metrics {
  private readonly endpoint: Endpoint;
  private readonly server: ServerMetrics;
  /** By index; undefined where a metric was deleted. */
  private readonly entries: (Entry | undefined)[];
  private readonly options: MetricsOptions;
  private isDeferred: boolean;
  /** Observations that are not sent yet. */
  private observations = 0;
  /** Whether {@link sendWithBatch} has left changes. */
  private hasRest = false;
  private sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: MetricsOptions) {
    const { endpoint, metrics } = options;
    this.endpoint = endpoint;
    this.server = new ServerMetrics(endpoint, options.registry, options);
    this.entries = metrics.map((metric) => this.entryOf(metric));
    this.hasRest = this.hasChanges();
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
    if (this.observations >= METRIC_OBSERVATIONS_MAX) {
      const reason = `a batch may have at most ${METRIC_OBSERVATIONS_MAX} observations`;
      throw refusedMetric(metric.name, reason);
    }
    this.observations += 1;
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
    this.send(entry);
    return this.server.valueOf(entry.metric);
  }

  /**
   * Releases the metric. The server keeps it while another instance uses it.
   * @throws StubError with the server's reason
   */
  delete(index: number): void {
    const entry = this.entries[index]!;
    this.send(entry);
    this.observations -= entry.change.observed.length;
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

  /** Sends all changes. `ExchangeChannel.finish` waits for the server's answer to the last one. */
  flush(): void {
    this.hasRest = false;
    this.sentAtMs = monotonicMs();
    for (const entry of this.entries) if (entry !== undefined) this.send(entry);
  }

  /**
   * Sends the changes of a batch, before its responses. Those of counters stay if the last ones were sent a moment ago, or if the server has
   * not answered those: a request does not wait for the server's counters. {@link sendRest} sends them then, or a later batch, together with
   * its own.
   */
  sendWithBatch(): void {
    this.hasRest = this.hasChanges();
    if (!this.hasRest) return;
    // The next request may change the gauge in another instance, and the later change must be the last one.
    if (this.hasChanges(METRIC_KIND.gauge)) {
      this.flush();
      this.endpoint.side.finish();
    } else if (this.observations > 0) {
      // Only the number of observations is limited.
      this.flush();
    } else if (monotonicMs() >= this.sentAtMs + METRICS_PAUSE_MS) this.sendIfAnswered();
    if (this.hasRest) this.keepRest();
  }

  /** Sends what {@link sendWithBatch} has left, if the server has answered. Call it when no command has come for {@link waitMs}. */
  sendRest(): void {
    if (this.hasRest) this.sendIfAnswered();
  }

  /** How long the executor may wait for a command, in milliseconds. */
  get waitMs(): number {
    return this.hasRest ? METRICS_IDLE_MS : QUEUE_WAIT_MS;
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

  private sendIfAnswered(): void {
    const { side } = this.endpoint;
    side.finishIfAnswered();
    if (!side.isPending) this.flush();
  }

  /** Notes the changes of counters for a later executor: this one may be stopped in the next batch. */
  private keepRest(): void {
    for (const entry of this.entries) {
      if (entry === undefined || !isCreated(entry.metric) || entry.change.added === 0) continue;
      this.server.keepRest(entry.metric, entry.change.added);
    }
  }

  /** Whether metrics of this kind, or of any, have changes for the server. */
  private hasChanges(kind?: number): boolean {
    for (const entry of this.entries) {
      if (entry === undefined || !isCreated(entry.metric) || !isChange(entry.change)) continue;
      if (kind === undefined || entry.metric.kind === kind) return true;
    }
    return false;
  }

  private indexOf(key: MetricKey): number {
    return this.entries.findIndex(
      (entry) => entry?.metric.name === key.name && entry.metric.labels === key.labels,
    );
  }

  private entryOf(metric: Metric | MetricSpec): Entry {
    const change = noChange();
    if (!isCreated(metric)) return { metric, exchange: undefined, change };
    change.added = this.server.restOf(metric);
    return { metric, exchange: this.server.exchangeOf(metric), change };
  }

  /** Sends the changes of a metric that the server has. */
  private send(entry: Entry): void {
    const { metric, change } = entry;
    if (!isChange(change) || !isCreated(metric)) return;
    const { commands } = this.endpoint.dialect;
    const { added, set, observed } = change;
    entry.change = noChange();
    this.server.keepRest(metric, 0);
    if (set !== undefined) this.sendOperand(entry, commands.metricSet, set + added);
    else if (added !== 0) this.sendOperand(entry, commands.metricIncrement, added);
    this.observations -= observed.length;
    for (const value of observed) this.sendOperand(entry, commands.metricObserve!, value);
  }

  private sendOperand({ metric, exchange }: Entry, command: number, operand: number): void {
    const { writer, side, dialect, reader } = this.endpoint;
    const { metrics, message } = dialect;
    const created = metric as Metric;
    // The server may still read the message of the last observation.
    side.finish();
    message.setCommand(writer, created.message, command);
    metrics.setOperand(writer, created.block, operand);
    metrics.clearError(writer, created.record);
    side.send(exchange!, () => {
      const error = metrics.readError(reader, created.record);
      if (error !== undefined) {
        this.options.onRefusal(`the server did not change metric '${metric.name}': ${error}`);
      }
    });
  }
}

function isCreated(metric: Metric | MetricSpec): metric is Metric {
  return "message" in metric;
}
