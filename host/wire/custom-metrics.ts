import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { readExchangeError } from "./exchange-error.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";
import { constructZeroedLocked } from "./zeroed.js";

/** What says which family a metric belongs to. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  /** Of `MetricKind`: 0 counter, 1 gauge. */
  readonly kind: number;
}

/** A metric's block: what its records say of it. Addresses are the server's own and mean nothing here. */
export interface MetricBlock {
  /** JSON object of strings. */
  readonly labels: string;
  readonly family: bigint;
  /** 0n before the server has made the metric. */
  readonly metric: bigint;
}

/**
 * `CustomMetricsMessage`, one of the records of the three-leg exchange, and the two blocks that it carries
 * (docs/internals/protocol.md 5.3; 23.10 to 24.07).
 */
export class CustomMetricsCodec {
  /** What the two sides wait with. */
  readonly fields: Readonly<Record<"mu" | "cv" | "flag", number>>;
  private readonly at: Readonly<
    Record<"message" | "has_error" | "is_error_set" | "error" | "address" | "bytes", number>
  >;
  private readonly family: Readonly<
    Record<
      "name_shm_handle" | "description_shm_handle" | "kind" | "metric_family_address" | "bytes",
      number
    >
  >;
  private readonly metric: Readonly<
    Record<
      | "labels_shm_handle"
      | "operation_value"
      | "metric_address"
      | "metric_family_address"
      | "bytes",
      number
    >
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "CustomMetricsMessage";
    const { mu, cv, waiting_on_stub } = offsetsOf(layout, struct, "mu", "cv", "waiting_on_stub");
    this.fields = { mu, cv, flag: waiting_on_stub };
    this.at = offsetsOf(layout, struct, "message", "has_error", "is_error_set", "error", "address");
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
  }

  /** @param address 0n before the server has made the family @returns the handle of a family's block */
  encodeFamilyLocked(heap: Heap, { name, help, kind }: MetricFamily, address: bigint): number {
    const nameText = this.strings.writeLocked(heap, name);
    const helpText = this.strings.writeLocked(heap, help);
    const handle = constructZeroedLocked(heap, this.family.bytes);
    const { view } = heap.region;
    const object = handle + OWNERSHIP_BYTES;
    view.setUint32(object + this.family.name_shm_handle, nameText, true);
    view.setUint32(object + this.family.description_shm_handle, helpText, true);
    view.setUint32(object + this.family.kind, kind, true);
    view.setBigUint64(object + this.family.metric_family_address, address, true);
    return handle;
  }

  /** @returns the handle of a metric's block */
  encodeMetricLocked(heap: Heap, block: MetricBlock): number {
    const labels = this.strings.writeLocked(heap, block.labels);
    const handle = constructZeroedLocked(heap, this.metric.bytes);
    const { view } = heap.region;
    const object = handle + OWNERSHIP_BYTES;
    view.setUint32(object + this.metric.labels_shm_handle, labels, true);
    view.setBigUint64(object + this.metric.metric_address, block.metric, true);
    view.setBigUint64(object + this.metric.metric_family_address, block.family, true);
    return handle;
  }

  /** Sets by how much the next message that carries the metric's block changes it. */
  setOperand(heap: Heap, metric: number, value: number): void {
    const at = metric + OWNERSHIP_BYTES + this.metric.operation_value;
    heap.region.view.setFloat64(at, value, true);
  }

  /** The message around a block; mutex and condition stay zero. @returns its handle */
  encodeMessageLocked(heap: Heap, block: number): number {
    const handle = constructZeroedLocked(heap, this.at.bytes);
    heap.region.view.setUint32(handle + OWNERSHIP_BYTES + this.at.message, block, true);
    return handle;
  }

  /** Before a message goes out again: the server only ever sets the error. */
  clearError(heap: Heap, message: number): void {
    const object = message + OWNERSHIP_BYTES;
    heap.region.view.setUint8(object + this.at.has_error, 0);
    heap.region.view.setUint8(object + this.at.is_error_set, 0);
  }

  /** The address that the server has answered a request for something new with. */
  readAddress(reader: WireReader, handle: number): bigint {
    return reader.bigU64(handle + OWNERSHIP_BYTES + this.at.address);
  }

  /** The server's reason why it has not done what the message asks for; undefined when it has. */
  readError(reader: WireReader, handle: number): string | undefined {
    return readExchangeError(reader, this.strings, handle, this.at);
  }
}
