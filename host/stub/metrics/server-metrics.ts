import type { Endpoint } from "../../channel/endpoint.js";
import { Exchange } from "../../channel/exchange.js";
import type { Handle } from "../../numbers.js";
import { refusedMetric } from "./errors.js";
import type { Metric, MetricSpec } from "./metric.js";
import type { MetricAddresses, MetricRegistry } from "./metric-registry.js";

/** Creates and deletes metrics in the server. The instances of a model share each metric ({@link MetricRegistry}). */
export class ServerMetrics {
  private readonly endpoint: Endpoint;
  private readonly registry: MetricRegistry;
  private readonly onNew: (metric: Metric) => void;

  /** @param onNew puts a metric on record for the executors after this one */
  constructor(endpoint: Endpoint, registry: MetricRegistry, onNew: (metric: Metric) => void) {
    this.endpoint = endpoint;
    this.registry = registry;
    this.onNew = onNew;
  }

  /**
   * Creates the metric, unless another instance of the model has it. The guard does not end this process before the metric is on record.
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  acquire(spec: MetricSpec): Metric {
    const { section } = this.endpoint;
    section.enter();
    try {
      const addresses = this.registry.acquire(spec, () => this.create(spec));
      const metric = { ...spec, ...addresses, ...this.makeMessage(spec.labels, addresses) };
      // Before it is on record, since a later executor uses the message as it is: with locks of zeros no process can wake the server.
      this.exchangeOf(metric).initLocks();
      this.onNew(metric);
      return metric;
    } finally {
      section.leave();
    }
  }

  /**
   * Deletes the metric, unless another instance of the model uses it.
   * @throws StubError with the server's reason
   */
  release(metric: Metric): void {
    this.registry.release(metric, () => this.delete(metric));
  }

  /** The exchange that sends the metric's update message. */
  exchangeOf({ message, record }: Pick<Metric, "message" | "record">): Exchange {
    const { region, dialect } = this.endpoint;
    return new Exchange(region, message, dialect.metrics.fields.of(record));
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

  private delete(metric: Metric): void {
    this.ask(metric, this.endpoint.dialect.commands.metricDelete, () => metric.block);
    this.deleteFamily(metric, metric.family);
  }

  private deleteFamily(spec: MetricSpec, family: bigint): void {
    const { writer, dialect } = this.endpoint;
    this.ask(spec, dialect.commands.metricFamilyDelete, () =>
      dialect.metrics.encodeFamilyLocked(writer, { ...spec, family }),
    );
  }

  /**
   * Sends a block once.
   * @returns the address with which the server answers
   */
  private ask({ name }: MetricSpec, command: number, encodeBlockLocked: () => Handle): bigint {
    const { heap, writer, side, dialect, reader } = this.endpoint;
    const { metrics } = dialect;
    const scope = heap.scope();
    const { record, exchange } = this.endpoint.newExchange(command, metrics.fields, () =>
      metrics.encodeMessageLocked(writer, encodeBlockLocked()),
    );
    let error: string | undefined;
    let address = 0n;
    side.run(exchange, () => {
      error = metrics.readError(reader, record);
      address = metrics.readAddress(reader, record);
    });
    scope.close();
    if (error !== undefined) throw refusedMetric(name, error);
    return address;
  }

  /** Makes the update message. Its blocks stay allocated for the life of the instance. */
  private makeMessage(
    labels: string,
    { family, metric }: MetricAddresses,
  ): Pick<Metric, "block" | "record" | "message"> {
    const { heap, writer, dialect } = this.endpoint;
    const scope = heap.scope();
    return heap.locked(() => {
      const block = dialect.metrics.encodeMetricLocked(writer, { labels, family, metric });
      const record = dialect.metrics.encodeMessageLocked(writer, block);
      const message = dialect.message.encodeLocked(
        writer,
        dialect.commands.metricIncrement,
        record,
      );
      scope.keep();
      return { block, record, message };
    });
  }
}
