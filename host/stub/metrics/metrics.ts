import type { Endpoint } from "../../channel/endpoint.js";
import { Exchange } from "../../channel/exchange.js";
import { messageOf, StubError } from "../../errors.js";
import type { Handle } from "../../numbers.js";
import type { MetricFamily } from "../../wire/records/metrics.js";
import type { MetricAddresses, MetricKey, MetricRegistry } from "./metric-registry.js";

/** What a metric is, before the server knows of it. */
export interface MetricSpec extends MetricKey, MetricFamily {}

/** A metric that the server has made for us: it outlives the executor that asked for it. */
export interface Metric extends MetricSpec, MetricAddresses {
  /** Handles of what {@link Metrics.flush} sends again and again: the metric's block, the record around it, its message. */
  readonly block: Handle;
  readonly args: Handle;
  readonly request: Handle;
}

export interface MetricsOptions {
  readonly endpoint: Endpoint;
  readonly registry: MetricRegistry;
  /** Those that an earlier executor has made. */
  readonly metrics: readonly Metric[];
  /** Told of each metric that comes into being. */
  readonly onNew: (metric: Metric) => void;
  /** Told when all have been given up. */
  readonly onClosed: () => void;
  /** Told when the server has not done what a metric needs. */
  readonly onRefusal: (message: string) => void;
  /** Whether the server must not be told of new metrics before {@link Metrics.createDeferred}. */
  readonly isDeferred: boolean;
}

/** What a batch has done to a metric, and the server does not know yet. */
interface Change {
  added: number;
  /** The value that a gauge was set to, before what was added. */
  set: number | undefined;
}

/**
 * The model's metrics. What a batch changes is sent as one message per metric before its responses, and acknowledged
 * after them: nobody waits for the server's metrics. The messages are made once, so counting allocates nothing.
 *
 * ```
 *  guest ----> GuestMetrics (numbers of the guest's own) ----+
 *                                                            +--> Metrics ----> server, over the side channel
 *  sandbox --> GuestStatistics (traps, restarts, memory) ----+       |
 *                                                                    +-------> MetricRegistry (shared by the stubs of a server)
 * ```
 */
export class Metrics {
  private readonly endpoint: Endpoint;
  private readonly registry: MetricRegistry;
  private readonly metrics: (Metric | MetricSpec)[];
  private readonly exchanges: (Exchange | undefined)[];
  private readonly changes: Change[];
  private readonly onNew: (metric: Metric) => void;
  private readonly onClosed: () => void;
  private readonly onRefusal: (message: string) => void;
  private isDeferred: boolean;

  constructor(options: MetricsOptions) {
    const { metrics } = options;
    this.endpoint = options.endpoint;
    this.registry = options.registry;
    this.metrics = [...metrics];
    this.exchanges = metrics.map((metric) => this.exchangeOf(metric));
    this.changes = metrics.map(noChange);
    this.onNew = options.onNew;
    this.onClosed = options.onClosed;
    this.onRefusal = options.onRefusal;
    this.isDeferred = options.isDeferred;
  }

  /**
   * Makes the metric, or finds it. It is this process's until {@link closeAll}.
   * @returns its index
   * @throws StubError ERR_METRIC_REFUSED with the server's reason when it refuses
   */
  open(spec: MetricSpec): number {
    const known = this.indexOf(spec);
    if (known >= 0) return known;
    if (!this.isDeferred) return this.put(this.metrics.length, this.make(spec));
    this.changes.push(noChange());
    return this.metrics.push(spec) - 1;
  }

  /** As {@link open}; undefined when the server refuses, which the log then tells. */
  tryOpen(spec: MetricSpec): number | undefined {
    try {
      return this.open(spec);
    } catch (error) {
      this.onRefusal(messageOf(error));
      return undefined;
    }
  }

  /** Whether {@link open} would find the metric. */
  has(spec: MetricKey): boolean {
    return this.indexOf(spec) >= 0;
  }

  /** How many of the open metrics are such. */
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

  /** Makes the metrics that were deferred, and from now on each at once. */
  createDeferred(): void {
    this.isDeferred = false;
    for (const [index, metric] of this.metrics.entries()) {
      if ("request" in metric) continue;
      try {
        this.put(index, this.make(metric));
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
  }

  /** Sends what has changed since the last time. The server's acknowledgement is waited for by `ExchangeChannel.finish`. */
  flush(): void {
    const { writer, side, dialect, reader } = this.endpoint;
    const { commands, metrics, message } = dialect;
    for (const [index, metric] of this.metrics.entries()) {
      const change = this.changes[index]!;
      const exchange = this.exchanges[index];
      if (!isChange(change) || exchange === undefined || !("request" in metric)) continue;
      const { added, set } = change;
      this.changes[index] = noChange();
      const command = set === undefined ? commands.metricIncrement : commands.metricSet;
      message.setCommand(writer, metric.request, command);
      metrics.setOperand(writer, metric.block, (set ?? 0) + added);
      metrics.clearError(writer, metric.args);
      side.send(exchange, () => {
        const error = metrics.readError(reader, metric.args);
        if (error !== undefined) {
          this.onRefusal(`metric '${metric.name}' was not changed by the server: ${error}`);
        }
      });
    }
  }

  /** Gives all metrics up; the last instance takes them from the server, which otherwise keeps them until it ends. */
  closeAll(): void {
    for (const metric of this.metrics.splice(0)) {
      if (!("request" in metric)) continue;
      try {
        this.registry.release(metric, () => this.destroy(metric));
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
    this.onClosed();
  }

  private indexOf(key: MetricKey): number {
    return this.metrics.findIndex(({ name, labels }) => name === key.name && labels === key.labels);
  }

  /** The guard does not end this process before it is on record that the server has the metric. */
  private make(spec: MetricSpec): Metric {
    const { section } = this.endpoint;
    section.enter();
    try {
      const addresses = this.registry.acquire(spec, () => this.create(spec));
      const metric = { ...spec, ...addresses, ...this.makeMessage(spec.labels, addresses) };
      // Before it is on record: a successor uses the record as it is. In one of zeros the server sleeps where no other process wakes it.
      this.exchangeOf(metric).initLocks();
      this.onNew(metric);
      return metric;
    } finally {
      section.leave();
    }
  }

  private put(index: number, metric: Metric): number {
    this.metrics[index] = metric;
    this.exchanges[index] = this.exchangeOf(metric);
    this.changes[index] ??= noChange();
    return index;
  }

  private create(spec: MetricSpec): MetricAddresses {
    const { writer, dialect } = this.endpoint;
    const { metrics, commands } = dialect;
    const family = this.ask(spec, commands.metricFamilyNew, () =>
      metrics.encodeFamilyLocked(writer, { ...spec, family: 0n }),
    );
    try {
      const metric = this.ask(spec, commands.metricNew, () =>
        metrics.encodeMetricLocked(writer, { labels: spec.labels, family, metric: 0n }),
      );
      return { family, metric };
    } catch (error) {
      this.deleteFamily(spec, family);
      throw error;
    }
  }

  private destroy(metric: Metric): void {
    this.ask(metric, this.endpoint.dialect.commands.metricDelete, () => metric.block);
    this.deleteFamily(metric, metric.family);
  }

  private deleteFamily(spec: MetricSpec, family: bigint): void {
    const { writer, dialect } = this.endpoint;
    this.ask(spec, dialect.commands.metricFamilyDelete, () =>
      dialect.metrics.encodeFamilyLocked(writer, { ...spec, family }),
    );
  }

  /** Sends a block once. @returns the address with which the server answers */
  private ask({ name }: MetricSpec, command: number, encodeBlockLocked: () => Handle): bigint {
    const { heap, writer, side, dialect, region, reader } = this.endpoint;
    const scope = heap.scope();
    const { args, request } = heap.locked(() => {
      const args = dialect.metrics.encodeMessageLocked(writer, encodeBlockLocked());
      return { args, request: dialect.message.encodeLocked(writer, command, args) };
    });
    let error: string | undefined;
    let address = 0n;
    const { metrics } = dialect;
    side.run(new Exchange(region, request, metrics.fields.of(args)).initLocks(), () => {
      error = metrics.readError(reader, args);
      address = metrics.readAddress(reader, args);
    });
    scope.close();
    if (error !== undefined) throw refusedMetric(name, error);
    return address;
  }

  /** The blocks of {@link flush}: allocated as long as the process lives. */
  private makeMessage(
    labels: string,
    { family, metric }: MetricAddresses,
  ): Pick<Metric, "block" | "args" | "request"> {
    const { heap, writer, dialect } = this.endpoint;
    const scope = heap.scope();
    return heap.locked(() => {
      const block = dialect.metrics.encodeMetricLocked(writer, { labels, family, metric });
      const args = dialect.metrics.encodeMessageLocked(writer, block);
      const request = dialect.message.encodeLocked(writer, dialect.commands.metricIncrement, args);
      scope.keep();
      return { block, args, request };
    });
  }

  private exchangeOf({ request, args }: Pick<Metric, "request" | "args">): Exchange {
    const { region, dialect } = this.endpoint;
    return new Exchange(region, request, dialect.metrics.fields.of(args));
  }
}

/** Labels that all metrics of a model version have. @returns JSON object of strings */
export function modelLabels(
  model: string,
  version: string,
  more: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({ model, version, ...more });
}

/** @param name printable */
export function refusedMetric(name: string, reason: string): StubError {
  return new StubError("ERR_METRIC_REFUSED", `metric '${name}' was refused: ${reason}`, { name });
}

function noChange(): Change {
  return { added: 0, set: undefined };
}

function isChange({ added, set }: Change): boolean {
  return added !== 0 || set !== undefined;
}
