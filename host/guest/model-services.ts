import type { GuestConfig, GuestFiles, MetricKind, NewMetric } from "./model-data.js";

/** A graph of wasi-nn, as the model's configuration describes it: another model of the server. */
export interface NnGraph {
  /** Name of the model; undefined: that of the graph. */
  readonly model?: string | undefined;
  /** undefined: the latest. */
  readonly version?: bigint | undefined;
  /** Names of the inputs by their indexes; undefined: INPUT0, INPUT1 and so on. */
  readonly inputs?: readonly string[] | undefined;
  /** Names of the outputs by their indexes; undefined: OUTPUT0, OUTPUT1 and so on. */
  readonly outputs?: readonly string[] | undefined;
}

/** Services of the model and the server, which a guest may use at any time. */
export interface ModelServices {
  /** Position of the instance among the instances of its model version, from 0. */
  readonly ordinal: number;
  /** The environment variables of the guest. */
  readonly environment: Readonly<Record<string, string>>;
  /** The model's configuration. */
  readonly config: GuestConfig;
  /** The files beside the model; undefined without any. */
  readonly files: GuestFiles | undefined;
  /** The graphs of wasi-nn that the configuration describes, by their names. */
  readonly graphs: ReadonlyMap<string, NnGraph>;
  /** The argument `key` that the server passed when it initialised the instance; undefined for an unknown key. */
  argument(key: string): string | undefined;
  /** @param level 0 info, 1 warning, 2 error, 3 verbose */
  log(level: number, message: string): void;
  /** Whether a line of this level would be logged, as far as this can be known. */
  logEnabled(level: number): boolean;
  /** Fills at most {@link RANDOM_PIECE_MAX_BYTES} bytes with cryptographically secure random numbers. */
  fillRandom(bytes: Uint8Array): void;
  /**
   * Creates a metric on the server's metrics page, labelled with the model's name and version, or finds the existing metric of this name.
   * @returns its index
   * @throws StubError when the server refuses it
   */
  newMetric(kind: MetricKind, name: string, help: string): number;
  /**
   * As {@link newMetric}, of any kind and with labels of the guest.
   * @throws StubError ERR_METRIC_REFUSED when this backend or the server refuses it
   */
  createMetric(metric: NewMetric): number;
  /** Number of metrics, with those that were deleted and whose number has no new metric. */
  metricCount(): number;
  /** Undefined for a metric that was deleted. */
  metricKind(metric: number): MetricKind | undefined;
  /** @param by finite; not negative for a counter */
  addToMetric(metric: number, by: number): void;
  /**
   * Sets a gauge.
   * @param value finite
   */
  setMetric(metric: number, value: number): void;
  /**
   * Adds an observation to a histogram.
   * @param value finite
   * @throws StubError ERR_METRIC_REFUSED when the batch has too many
   */
  observeMetric(metric: number, value: number): void;
  /**
   * The value of a counter or gauge, with all changes so far.
   * @throws StubError ERR_METRIC_REFUSED with the server's reason
   */
  metricValue(metric: number): number;
  /** @throws StubError ERR_METRIC_REFUSED with the server's reason */
  deleteMetric(metric: number): void;
  /**
   * Lets the server load another model.
   * @param config a configuration as JSON that replaces the one of the repository; empty: none
   * @throws StubError ERR_CALL_REFUSED
   */
  loadModel(name: string, config: string): void;
  /** @throws StubError ERR_CALL_REFUSED */
  unloadModel(name: string, dependents: boolean): void;
  /**
   * @param version -1n for the latest
   * @throws StubError ERR_CALL_REFUSED
   */
  isModelReady(name: string, version: bigint): boolean;
  /**
   * Completes the model's configuration.
   * @throws StubError outside of an auto-completion
   */
  setModelConfig(json: string): void;
}
