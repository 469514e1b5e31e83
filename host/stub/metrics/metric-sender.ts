import type { Endpoint } from "../../channel/endpoint.js";
import type { Exchange } from "../../channel/exchange.js";
import { METRIC_KIND } from "../../guest/services.js";
import { METRICS_IDLE_MS, METRICS_PAUSE_MS, QUEUE_WAIT_MS } from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import type { Metric, MetricSpec } from "./metric.js";
import { type Change, isChange, noChange } from "./metric-change.js";
import type { ServerMetrics } from "./server-metrics.js";

/** A metric with what is to be sent. */
export interface MetricEntry {
  metric: Metric | MetricSpec;
  /** Undefined before the server has the metric. */
  exchange: Exchange | undefined;
  change: Change;
}

export interface MetricSenderParts {
  readonly endpoint: Endpoint;
  readonly server: ServerMetrics;
  /** The metrics of the instance; undefined where a metric was deleted. */
  readonly entries: readonly (MetricEntry | undefined)[];
  /** Called when the server rejects a change. */
  readonly onRefusal: (message: string) => void;
}

/**
 * Sends the changes of metrics to the server.
 *
 * The changes of a batch go to the server before its responses, as one message per metric. If the last changes were sent less than 5 ms ago,
 * those of counters go when no command has come for 1 ms, or together with those of later batches. They are noted in the region meanwhile. A
 * batch waits for the server's answers to changes of gauges. No client waits for the answer to the last change of a counter: the executor
 * reads it while it waits for commands. The messages are made once per metric: a change allocates no memory.
 */
export class MetricSender {
  /** Observations that are not sent yet. */
  observations = 0;
  private readonly endpoint: Endpoint;
  private readonly server: ServerMetrics;
  private readonly entries: readonly (MetricEntry | undefined)[];
  private readonly onRefusal: (message: string) => void;
  /** Whether {@link sendWithBatch}, or the executor before this one, has left changes. */
  private hasRest: boolean;
  private sentAtMs = Number.NEGATIVE_INFINITY;

  constructor({ endpoint, server, entries, onRefusal }: MetricSenderParts) {
    this.endpoint = endpoint;
    this.server = server;
    this.entries = entries;
    this.onRefusal = onRefusal;
    this.hasRest = this.hasChanges();
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

  /** Sends the changes of a metric that the server has. */
  send(entry: MetricEntry): void {
    const { metric, change } = entry;
    if (!isChange(change) || !isCreated(metric)) return;
    const { commands } = this.endpoint.dialect;
    const { added, set, observed } = change;
    entry.change = noChange();
    if (set !== undefined) this.sendOperand(entry, commands.metricSet, set + added);
    else if (added !== 0) this.sendOperand(entry, commands.metricIncrement, added);
    this.observations -= observed.length;
    for (const value of observed) this.sendOperand(entry, commands.metricObserve!, value);
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

  private sendOperand({ metric, exchange }: MetricEntry, command: number, operand: number): void {
    const { writer, side, dialect, reader } = this.endpoint;
    const { metrics, message } = dialect;
    const created = metric as Metric;
    // The server may still read the message of the last observation.
    side.finish();
    message.setCommand(writer, created.message, command);
    metrics.setOperand(writer, created.block, operand);
    metrics.clearError(writer, created.record);
    // Not before the wait above: a later executor would not know of the change.
    this.server.keepRest(created, 0);
    side.send(exchange!, () => {
      const error = metrics.readError(reader, created.record);
      if (error !== undefined) {
        this.onRefusal(`the server did not change metric '${metric.name}': ${error}`);
      }
    });
  }
}

/** Whether the server has the metric. */
export function isCreated(metric: Metric | MetricSpec): metric is Metric {
  return "message" in metric;
}
