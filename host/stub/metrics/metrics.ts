import type { Endpoint } from "../../channel/endpoint.js";
import type { Exchange } from "../../channel/exchange.js";
import { messageOf } from "../../errors.js";
import type { Metric, MetricSpec } from "./metric.js";
import type { MetricKey, MetricRegistry } from "./metric-registry.js";
import { ServerMetrics } from "./server-metrics.js";

export interface MetricsOptions {
  readonly endpoint: Endpoint;
  readonly registry: MetricRegistry;
  /** The metrics that an earlier executor of the instance has created. */
  readonly metrics: readonly Metric[];
  /** Called with each new metric. */
  readonly onNew: (metric: Metric) => void;
  /** Called after all metrics were released. */
  readonly onClosed: () => void;
  /** Called when the server rejects a request about a metric. */
  readonly onRefusal: (message: string) => void;
  /** Whether no metric may be created in the server before {@link Metrics.createDeferred}. */
  readonly isDeferred: boolean;
}

/** What a batch has changed in a metric since the last message to the server. */
interface Change {
  added: number;
  /** The value that a gauge was set to before `added`. */
  set: number | undefined;
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
 * The changes of a batch go to the server before its responses, as one message per metric. The acknowledgement of the last message is
 * awaited after the responses, so no client waits for it. The messages are made once per metric: a change allocates no memory.
 */
export class Metrics {
  private readonly endpoint: Endpoint;
  private readonly server: ServerMetrics;
  private readonly metrics: (Metric | MetricSpec)[];
  private readonly exchanges: (Exchange | undefined)[];
  private readonly changes: Change[];
  private readonly onClosed: () => void;
  private readonly onRefusal: (message: string) => void;
  private isDeferred: boolean;

  constructor(options: MetricsOptions) {
    const { endpoint, metrics } = options;
    this.endpoint = endpoint;
    this.server = new ServerMetrics(endpoint, options.registry, options.onNew);
    this.metrics = [...metrics];
    this.exchanges = metrics.map((metric) => this.server.exchangeOf(metric));
    this.changes = metrics.map(noChange);
    this.onClosed = options.onClosed;
    this.onRefusal = options.onRefusal;
    this.isDeferred = options.isDeferred;
  }

  /**
   * Finds or creates the metric. This process uses it until {@link closeAll}.
   * @returns its index
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  open(spec: MetricSpec): number {
    const known = this.indexOf(spec);
    if (known >= 0) return known;
    if (!this.isDeferred) return this.put(this.metrics.length, this.server.acquire(spec));
    this.changes.push(noChange());
    return this.metrics.push(spec) - 1;
  }

  /** As {@link open}. Reports a refusal to `onRefusal` and returns undefined. */
  tryOpen(spec: MetricSpec): number | undefined {
    try {
      return this.open(spec);
    } catch (error) {
      this.onRefusal(messageOf(error));
      return undefined;
    }
  }

  has(key: MetricKey): boolean {
    return this.indexOf(key) >= 0;
  }

  /** The number of open metrics for which `which` returns true. */
  count(which: (key: MetricKey) => boolean): number {
    return this.metrics.filter(which).length;
  }

  kind(index: number): number {
    return this.metrics[index]!.kind;
  }

  add(index: number, by: number): void {
    const change = this.changes[index]!;
    change.added = Math.max(-Number.MAX_VALUE, Math.min(change.added + by, Number.MAX_VALUE));
  }

  set(index: number, value: number): void {
    const change = this.changes[index]!;
    change.set = value;
    change.added = 0;
  }

  /** Creates the deferred metrics in the server. From now on {@link open} creates metrics at once. */
  createDeferred(): void {
    this.isDeferred = false;
    for (const [index, metric] of this.metrics.entries()) {
      if (isCreated(metric)) continue;
      try {
        this.put(index, this.server.acquire(metric));
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
  }

  /** Sends the changes since the last call. `ExchangeChannel.finish` waits for the server's acknowledgement. */
  flush(): void {
    const { writer, side, dialect, reader } = this.endpoint;
    const { commands, metrics, message } = dialect;
    for (const [index, metric] of this.metrics.entries()) {
      const change = this.changes[index]!;
      const exchange = this.exchanges[index];
      if (!isChange(change) || exchange === undefined || !isCreated(metric)) continue;
      const { added, set } = change;
      this.changes[index] = noChange();
      const command = set === undefined ? commands.metricIncrement : commands.metricSet;
      message.setCommand(writer, metric.message, command);
      metrics.setOperand(writer, metric.block, (set ?? 0) + added);
      metrics.clearError(writer, metric.record);
      side.send(exchange, () => {
        const error = metrics.readError(reader, metric.record);
        if (error !== undefined) {
          this.onRefusal(`the server did not change metric '${metric.name}': ${error}`);
        }
      });
    }
  }

  /** Releases all metrics. The server keeps a metric until the last instance has released it. */
  closeAll(): void {
    for (const metric of this.metrics.splice(0)) {
      if (!isCreated(metric)) continue;
      try {
        this.server.release(metric);
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
    this.onClosed();
  }

  private indexOf(key: MetricKey): number {
    return this.metrics.findIndex(({ name, labels }) => name === key.name && labels === key.labels);
  }

  private put(index: number, metric: Metric): number {
    this.metrics[index] = metric;
    this.exchanges[index] = this.server.exchangeOf(metric);
    this.changes[index] ??= noChange();
    return index;
  }
}

function isCreated(metric: Metric | MetricSpec): metric is Metric {
  return "message" in metric;
}

function noChange(): Change {
  return { added: 0, set: undefined };
}

function isChange({ added, set }: Change): boolean {
  return added !== 0 || set !== undefined;
}
