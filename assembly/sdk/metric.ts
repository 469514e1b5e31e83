import { MetricKind } from "./metric-kind";
import {
  metric_add,
  metric_create,
  metric_delete,
  metric_new,
  metric_observe,
  metric_set,
  metric_value,
} from "./triton_v1";

const LABEL_WORDS = 4;
const VALUE_BYTES = 8;
const value = memory.data(VALUE_BYTES, 8);

/** Labels of a metric, beside those of the model. */
@final
export class Labels {
  /** Names and values in turn. */
  readonly texts: ArrayBuffer[] = [];

  /** Adds a label. @returns these labels, so that calls can follow each other */
  with(name: string, value: string): Labels {
    this.texts.push(String.UTF8.encode(name));
    this.texts.push(String.UTF8.encode(value));
    return this;
  }
}

const NO_LABELS = new Labels();
const NO_BUCKETS = new StaticArray<f64>(0);

/** A metric on the server's metrics page, with the model's name and version as labels. */
@final
export class Metric {
  private index: i32;

  /** Whether the host refused the metric: `lastError` has the reason, and changes have no effect. */
  get isRefused(): bool {
    return this.index < 0;
  }

  /** A counter or gauge. Calls with the same name give the same metric. */
  constructor(kind: MetricKind, name: string, help: string) {
    const nameText = String.UTF8.encode(name);
    const helpText = String.UTF8.encode(help);
    this.index = metric_new(
      kind,
      changetype<usize>(nameText),
      nameText.byteLength,
      changetype<usize>(helpText),
      helpText.byteLength,
    );
  }

  /**
   * Creates a metric of any kind and labels. Calls with the same name and labels give the same metric.
   * @param buckets ascending upper bounds of a histogram; other kinds have none
   */
  static create(
    kind: MetricKind,
    name: string,
    help: string,
    labels: Labels = NO_LABELS,
    buckets: StaticArray<f64> = NO_BUCKETS,
  ): Metric {
    const nameText = String.UTF8.encode(name);
    const helpText = String.UTF8.encode(help);
    const texts = labels.texts;
    const table = new StaticArray<u32>(2 * texts.length);
    for (let at = 0; at < texts.length; at++) {
      table[2 * at] = <u32>changetype<usize>(texts[at]);
      table[2 * at + 1] = texts[at].byteLength;
    }
    const index = metric_create(
      kind,
      changetype<usize>(nameText),
      nameText.byteLength,
      changetype<usize>(helpText),
      helpText.byteLength,
      changetype<usize>(table),
      table.length / LABEL_WORDS,
      changetype<usize>(buckets),
      buckets.length,
    );
    const metric = changetype<Metric>(__new(offsetof<Metric>(), idof<Metric>()));
    metric.index = index;
    return metric;
  }

  /**
   * Adds a number.
   * @param by finite; not negative for a counter
   * @returns whether it was added
   */
  add(by: f64): bool {
    return metric_add(this.index, by) == 0;
  }

  /**
   * Sets a gauge.
   * @param value finite
   * @returns whether it was set
   */
  set(value: f64): bool {
    return metric_set(this.index, value) == 0;
  }

  /**
   * Adds an observation to a histogram.
   * @param value finite
   * @returns whether it was added
   */
  observe(value: f64): bool {
    return metric_observe(this.index, value) == 0;
  }

  /** The value of a counter or gauge, over all instances; NaN if the host refuses it. */
  get value(): f64 {
    return metric_value(this.index, value) == 0 ? load<f64>(value) : NaN;
  }

  /** Releases the metric: the server removes it when no other instance uses it. @returns false if the host refuses it */
  delete(): bool {
    return metric_delete(this.index) == 0;
  }
}
