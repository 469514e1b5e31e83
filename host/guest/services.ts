/**
 * What a guest may touch while it runs. Implemented by the stub on shared memory; the border (border.ts) has checked
 * every index and pointer before it calls. Lengths in bytes.
 */
export interface GuestServices {
  readonly model: ModelServices;
  readonly batch: BatchServices;
}

/** What a guest may ask of its model and of the server, at any time. */
export interface ModelServices {
  /** Place of the instance among those of its model version. */
  readonly ordinal: number;
  /** What the guest may read as its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the server said of the instance under `key`; undefined for an unknown key. */
  argument(key: string): string | undefined;
  /** @param level 0 info, 1 warning, 2 error, 3 verbose */
  log(level: number, message: string): void;
  /** Whether a line of this level would be printed, as far as can be known. */
  logEnabled(level: number): boolean;
  /** Fills at most {@link RANDOM_PIECE_MAX_BYTES} bytes with random numbers of cryptographic quality. */
  fillRandom(bytes: Uint8Array): void;
  /**
   * Makes a metric on the server's metrics page, labelled with the model's name and version, or finds the one of this name.
   * @returns its index
   * @throws StubError when the server refuses it
   */
  newMetric(kind: MetricKind, name: string, help: string): number;
  /** Number of metrics that exist. */
  metricCount(): number;
  metricKind(metric: number): MetricKind;
  /** @param by finite, for a counter not negative */
  addToMetric(metric: number, by: number): void;
  /** Sets a gauge. @param value finite */
  setMetric(metric: number, value: number): void;
  /** Completes the model's configuration. @throws StubError outside of an auto-completion */
  setModelConfig(json: string): void;
}

/** Kinds of metrics, with the numbers of TRITONSERVER_MetricKind. */
export const METRIC_KIND = { counter: 0, gauge: 1 } as const;
export type MetricKind = (typeof METRIC_KIND)[keyof typeof METRIC_KIND];

/** A response parameter's value. */
export type ParameterValue = string | bigint | boolean;

/** The requests of one batch, and the answers to them. */
export interface BatchServices {
  requestCount(): number;
  requestId(request: number): string;
  correlationId(request: number): bigint | string;
  /** Whether this release of Triton lets correlation ids be strings: from 24.04 on. */
  readonly carriesTextCorrelationIds: boolean;
  /** Whether the correlation id is a string. */
  hasTextCorrelationId(request: number): boolean;
  /** Bit 0: a sequence starts, bit 1: it ends. */
  requestFlags(request: number): number;
  /** Microseconds; 0: none. */
  requestTimeout(request: number): bigint;
  /** The client's parameters as text of a JSON object. */
  requestParameters(request: number): string;
  inputCount(request: number): number;
  /** Index of the input whose name stands in `source[at]` and the `length - 1` bytes behind. */
  findInput(request: number, source: Uint8Array, at: number, length: number): number | undefined;
  /** Copies up to `capacity` bytes of the name to `target[at]`. @returns the name's whole length */
  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number;
  /** Number of `TRITONSERVER_DataType`. */
  inputDatatype(request: number, input: number): number;
  /** Copies up to `capacity` dimensions (8 bytes each, signed, little endian) to `target[at]`. @returns the rank */
  inputShape(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number;
  inputByteSize(request: number, input: number): number;
  /** Copies up to `length` bytes of the data from `offset` on to `target[at]`. @returns their number */
  readInput(
    request: number,
    input: number,
    offset: number,
    target: Uint8Array,
    at: number,
    length: number,
  ): number;
  /** Number of outputs that the client wants. */
  outputCount(request: number): number;
  /** As {@link findInput}. */
  findOutput(request: number, source: Uint8Array, at: number, length: number): number | undefined;
  /** Names an output in the text of an error. */
  describeOutput(request: number, output: number): string;
  /** As {@link inputName}. */
  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number;
  /**
   * Makes the requested output a tensor of bytes that the guest is about to write; those that it never writes are zero.
   * @param shape none negative
   * @param byteSize what shape and datatype make
   * @returns false when the request has failed instead (no shared memory left); its error is recorded
   * @throws StubError ERR_GUEST_OUTPUT when shape, datatype and size do not fit, or the output is there already
   */
  createOutput(
    request: number,
    output: number,
    datatype: number,
    shape: readonly number[],
    byteSize: number,
  ): boolean;
  /**
   * Copies `source[at]` and the `length - 1` bytes behind to a created output's data.
   * @returns false when the request has failed before
   * @throws StubError ERR_GUEST_OUTPUT beyond the data's end, or when the output has not been created
   */
  writeOutput(
    request: number,
    output: number,
    offset: number,
    source: Uint8Array,
    at: number,
    length: number,
  ): boolean;
  /**
   * Makes the requested output equal to the input: datatype, shape and bytes, none of which pass through the guest. Whether they are
   * copied is up to the implementation.
   * @returns false when the request has failed instead (no shared memory left); its error is recorded
   */
  copyInputToOutput(request: number, output: number, input: number): boolean;
  /**
   * Makes the requested output a tensor of zero bytes.
   * @param datatype of a fixed size
   * @param shape none negative
   * @returns as {@link copyInputToOutput}
   */
  zeroOutput(request: number, output: number, datatype: number, shape: readonly number[]): boolean;
  /** Answers the request with an error. @param code of TRITONSERVER_Error_Code */
  failRequest(request: number, code: number, message: string): void;
  /** Whether this release of Triton carries response parameters: from 25.02 on. */
  readonly carriesParameters: boolean;
  /** Adds a parameter to the response; only where they are carried. */
  setParameter(request: number, key: string, value: ParameterValue): void;
}
