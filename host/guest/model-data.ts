/** An input or output of a model's configuration. */
export interface ConfiguredTensor {
  readonly name: string;
  /** Number of `TRITONSERVER_DataType`; 0 if the configuration does not set one. */
  readonly datatype: number;
  /** Without the dimension of the batch; -1 is a dimension of any size. */
  readonly dims: readonly bigint[];
}

/** The parts of a model's configuration that a guest reads by host calls. */
export interface GuestConfig {
  readonly name: string;
  /** 0: the model does not support batching. */
  readonly maxBatchSize: number;
  readonly inputs: readonly ConfiguredTensor[];
  readonly outputs: readonly ConfiguredTensor[];
  readonly parameters: ReadonlyMap<string, string>;
}

/** Kinds of metrics, with the numbers of TRITONSERVER_MetricKind. */
export const METRIC_KIND = { counter: 0, gauge: 1, histogram: 2 } as const;
export type MetricKind = (typeof METRIC_KIND)[keyof typeof METRIC_KIND];

/** The files beside a model, for reading. */
export interface GuestFiles {
  /** Paths below the folder, with slashes. */
  readonly names: readonly string[];
  /** Size of a file in bytes. */
  size(index: number): number;
  /**
   * Copies up to `length` bytes of a file, from `offset` on, to `target`, from `at` on.
   * @returns the number of copied bytes, which is less than `length` at the end; -1 when the file cannot be read
   */
  read(index: number, offset: number, target: Uint8Array, at: number, length: number): number;
}

/** A metric that a guest creates. */
export interface NewMetric {
  readonly kind: MetricKind;
  readonly name: string;
  readonly help: string;
  /** Labels beside those of the model, as pairs of name and value. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets: readonly number[];
}
