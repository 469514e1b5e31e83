import type { Endpoint } from "../../channel/endpoint.js";
import { Exchange } from "../../channel/exchange.js";
import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { refusedMetric } from "./errors.js";
import type { Metric, MetricSpec } from "./metric.js";
import type { MetricAddresses, MetricRegistry } from "./metric-registry.js";

/** Puts metrics on record for the executors after this one. */
export interface MetricRecord {
  readonly onNew: (metric: Metric) => void;
  readonly onDeleted: (metric: Metric) => void;
}

/** Creates and deletes metrics in the server. The instances of a model share each metric ({@link MetricRegistry}). */
export class ServerMetrics {
  private readonly endpoint: Endpoint;
  private readonly registry: MetricRegistry;
  private readonly record: MetricRecord;

  constructor(endpoint: Endpoint, registry: MetricRegistry, record: MetricRecord) {
    this.endpoint = endpoint;
    this.registry = registry;
    this.record = record;
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
      const metric = { ...spec, ...addresses, ...this.makeMessage(spec, addresses) };
      // Before it is on record, since a later executor uses the message as it is: with locks of zeros no process can wake the server.
      this.exchangeOf(metric).initLocks();
      this.record.onNew(metric);
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
    this.registry.release(metric, () => this.destroy(metric));
  }

  /**
   * As {@link release}, while the instance goes on: the blocks of the update message are freed. No exchange with it may be pending.
   * @throws StubError with the server's reason
   */
  delete(metric: Metric): void {
    const { section, heap, side } = this.endpoint;
    side.awaitLeaving();
    section.enter();
    try {
      this.record.onDeleted(metric);
      this.release(metric);
    } finally {
      section.leave();
    }
    heap.drop(metric.blocks);
  }

  /**
   * The value of a counter or gauge.
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  valueOf(metric: Metric): number {
    const { commands } = this.endpoint.dialect;
    return this.ask(metric, commands.metricValue, () => metric.block).value;
  }

  /** The exchange that sends the metric's update message. */
  exchangeOf({ message, record }: Pick<Metric, "message" | "record">): Exchange {
    const { region, dialect } = this.endpoint;
    return new Exchange(region, message, dialect.metrics.fields.of(record));
  }

  /** Notes a change that is not sent yet. */
  keepRest({ rest }: Metric, added: number): void {
    this.endpoint.writer.f64(objectAt(rest), 0, added);
  }

  /** The change that an earlier executor has not sent. */
  restOf({ rest }: Metric): number {
    const added = this.endpoint.reader.f64(objectAt(rest), 0);
    return Number.isFinite(added) ? added : 0;
  }

  private create(spec: MetricSpec): MetricAddresses {
    const { writer, dialect } = this.endpoint;
    const { metrics, commands } = dialect;
    const family = this.ask(spec, commands.metricFamilyNew, () =>
      metrics.encodeFamilyLocked(writer, { ...spec, family: 0n }),
    ).address;
    try {
      const metric = this.ask(spec, commands.metricNew, () =>
        metrics.encodeMetricLocked(writer, { ...spec, family, metric: 0n }),
      ).address;
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

  /**
   * Sends a block once.
   * @returns the address and the value with which the server answers
   */
  private ask(
    { name }: MetricSpec,
    command: number,
    encodeBlockLocked: () => Handle,
  ): { readonly address: bigint; readonly value: number } {
    const { heap, writer, side, dialect, reader } = this.endpoint;
    const { metrics } = dialect;
    const scope = heap.scope();
    const { record, exchange } = this.endpoint.newExchange(command, metrics.fields, () =>
      metrics.encodeMessageLocked(writer, encodeBlockLocked()),
    );
    let error: string | undefined;
    let address = 0n;
    let value = 0;
    side.run(exchange, () => {
      error = metrics.readError(reader, record);
      address = metrics.readAddress(reader, record);
      value = metrics.readValue(reader, record);
    });
    scope.close();
    if (error !== undefined) throw refusedMetric(name, error);
    return { address, value };
  }

  /** Makes the update message. Its blocks stay allocated for the life of the instance. */
  private makeMessage(
    { labels, buckets }: MetricSpec,
    { family, metric }: MetricAddresses,
  ): Omit<Metric, keyof (MetricSpec & MetricAddresses)> {
    const { heap, writer, dialect } = this.endpoint;
    const content = { labels, family, metric, ...(buckets === undefined ? {} : { buckets }) };
    const scope = heap.scope();
    const made = heap.locked(() => {
      const block = dialect.metrics.encodeMetricLocked(writer, content);
      const record = dialect.metrics.encodeMessageLocked(writer, block);
      const message = dialect.message.encodeLocked(
        writer,
        dialect.commands.metricIncrement,
        record,
      );
      const rest = writer.constructLocked(Float64Array.BYTES_PER_ELEMENT);
      writer.zero(objectAt(rest), Float64Array.BYTES_PER_ELEMENT);
      return { block, record, message, rest };
    });
    return { ...made, blocks: scope.keep() };
  }
}
