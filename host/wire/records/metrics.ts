import { type Handle, NO_HANDLE } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { ExchangeFields, readExchangeError } from "../exchange.js";
import { type Layout, offsetsOf, structOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The family of a metric. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  /** A value of `MetricKind`: 0 counter, 1 gauge, 2 histogram (24.08 and newer). */
  readonly kind: number;
}

/** The block of a family. */
export interface MetricFamilyBlock extends MetricFamily {
  /** Address in the server; 0n before the server has created the family. */
  readonly family: bigint;
}

/** The block of a metric. */
export interface MetricBlock {
  /** JSON object of strings. */
  readonly labels: string;
  /** Address in the server. */
  readonly family: bigint;
  /** Address in the server; 0n before the server has created the metric. */
  readonly metric: bigint;
  /** Ascending upper bounds of a histogram's buckets; empty for other kinds. */
  readonly buckets?: readonly number[];
}

/**
 * `CustomMetricsMessage`, a record of an exchange over the side queue, and the two blocks that it may carry: of a family, and of a metric
 * (docs/internals/protocol.md 5.3).
 */
export class MetricsCodec {
  readonly fields: ExchangeFields;
  private readonly at;
  private readonly family;
  private readonly metric;
  /** Offset of the handle of a histogram's buckets; undefined before 24.08. */
  private readonly bucketsAt: number | undefined;
  private readonly memory;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "CustomMetricsMessage";
    this.fields = new ExchangeFields(layout, struct);
    this.at = offsetsOf(
      layout,
      struct,
      "message",
      "has_error",
      "is_error_set",
      "error",
      "value",
      "address",
    );
    this.family = offsetsOf(
      layout,
      "MetricFamilyShm",
      "name_shm_handle",
      "description_shm_handle",
      "kind",
      "metric_family_address",
    );
    this.metric = offsetsOf(
      layout,
      "MetricShm",
      "labels_shm_handle",
      "operation_value",
      "metric_address",
      "metric_family_address",
    );
    this.bucketsAt = structOf(layout, "MetricShm").fields.buckets_shm_handle?.[0];
    this.memory = offsetsOf(layout, "MemoryShm", "memory_type", "byte_size");
  }

  /** Whether this release has histograms: from 24.08 on. */
  get carriesHistograms(): boolean {
    return this.bucketsAt !== undefined;
  }

  /**
   * The handle of the block that a message carries.
   * @param handle from an IPC message
   */
  decodeMessage(reader: WireReader, handle: number): Handle {
    const object = reader.objectOf(handle, this.at.bytes, "a message of metrics");
    return reader.handle(object, this.at.message);
  }

  decodeFamily(reader: WireReader, handle: number): MetricFamilyBlock {
    const { family, strings } = this;
    const object = reader.objectOf(handle, family.bytes, "a family of metrics");
    return {
      name: strings.read(reader, object, family.name_shm_handle),
      help: strings.read(reader, object, family.description_shm_handle),
      kind: reader.u32(object, family.kind),
      family: reader.bigU64(object, family.metric_family_address),
    };
  }

  /** @returns the block, and its operand: the amount by which the message changes the metric */
  decodeMetric(reader: WireReader, handle: number): MetricBlock & { readonly operand: number } {
    const { metric, strings } = this;
    const object = reader.objectOf(handle, metric.bytes, "a metric");
    return {
      labels: strings.read(reader, object, metric.labels_shm_handle),
      family: reader.bigU64(object, metric.metric_family_address),
      metric: reader.bigU64(object, metric.metric_address),
      operand: reader.f64(object, metric.operation_value),
    };
  }

  /** @returns the handle of a family's block */
  encodeFamilyLocked(writer: WireWriter, { name, help, kind, family }: MetricFamilyBlock): Handle {
    const nameText = this.strings.writeLocked(writer, name);
    const helpText = this.strings.writeLocked(writer, help);
    const handle = writer.constructZeroedLocked(this.family.bytes);
    const object = objectAt(handle);
    writer.handle(object, this.family.name_shm_handle, nameText);
    writer.handle(object, this.family.description_shm_handle, helpText);
    writer.u32(object, this.family.kind, kind);
    writer.bigU64(object, this.family.metric_family_address, family);
    return handle;
  }

  /** @returns the handle of a metric's block */
  encodeMetricLocked(writer: WireWriter, block: MetricBlock): Handle {
    const { labels, family, metric, buckets = [] } = block;
    const labelsText = this.strings.writeLocked(writer, labels);
    const bounds = buckets.length === 0 ? NO_HANDLE : this.encodeBucketsLocked(writer, buckets);
    const handle = writer.constructZeroedLocked(this.metric.bytes);
    const object = objectAt(handle);
    writer.handle(object, this.metric.labels_shm_handle, labelsText);
    if (this.bucketsAt !== undefined) writer.handle(object, this.bucketsAt, bounds);
    writer.bigU64(object, this.metric.metric_address, metric);
    writer.bigU64(object, this.metric.metric_family_address, family);
    return handle;
  }

  /** A block of memory, as tensors have it: the struct, then the doubles. */
  private encodeBucketsLocked(writer: WireWriter, buckets: readonly number[]): Handle {
    const bytes = buckets.length * Float64Array.BYTES_PER_ELEMENT;
    const handle = writer.constructZeroedLocked(this.memory.bytes + bytes);
    const object = objectAt(handle);
    writer.u64(object, this.memory.byte_size, bytes);
    for (const [index, bound] of buckets.entries()) {
      writer.f64(object, this.memory.bytes + index * Float64Array.BYTES_PER_ELEMENT, bound);
    }
    return handle;
  }

  /** Sets the operand: the next message with the block changes the metric by this value, or sets it to this value. */
  setOperand(writer: WireWriter, metric: Handle, value: number): void {
    writer.f64(objectAt(metric), this.metric.operation_value, value);
  }

  /**
   * Makes the record that carries a block.
   * @returns its handle
   */
  encodeMessageLocked(writer: WireWriter, block: Handle): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    writer.handle(objectAt(handle), this.at.message, block);
    return handle;
  }

  /** Clears the error of the last exchange, which the server never clears. */
  clearError(writer: WireWriter, message: Handle): void {
    const object = objectAt(message);
    writer.flag(object, this.at.has_error, false);
    writer.flag(object, this.at.is_error_set, false);
  }

  /** The address of the family or metric that the server has created. */
  readAddress(reader: WireReader, message: Handle): bigint {
    return reader.bigU64(objectAt(message), this.at.address);
  }

  /** The value of the metric, after a request for it. */
  readValue(reader: WireReader, message: Handle): number {
    return reader.f64(objectAt(message), this.at.value);
  }

  /** The server's error for the request; undefined when the request succeeded. */
  readError(reader: WireReader, message: Handle): string | undefined {
    return readExchangeError(reader, this.strings, message, this.at);
  }
}
