import type { GuestPointer } from "../numbers.js";
import type { CallServices } from "./call-services.js";
import type { ModelServices } from "./model-services.js";
import type { ParameterValue } from "./parameter-value.js";

export {
  type ConfiguredTensor,
  type GuestConfig,
  type GuestFiles,
  METRIC_KIND,
  type MetricKind,
  type NewMetric,
} from "./model-data.js";

export type { ModelServices, NnGraph } from "./model-services.js";

export type { ParameterValue } from "./parameter-value.js";

/**
 * What the host functions can do for a guest. The stub implements it on shared memory. The border (border.ts) has checked every index and
 * pointer before it calls. Lengths are in bytes.
 */
export interface GuestServices {
  readonly model: ModelServices;
  readonly batch: BatchServices;
  readonly calls: CallServices;
}

/** The requests of one batch, and the answers to them. */
export interface BatchServices {
  requestCount(): number;
  /** Whether the guest keeps a request of this handle. All functions of a request accept the handle in place of the index. */
  isKept(handle: number): boolean;
  requestId(request: number): string;
  correlationId(request: number): bigint | string;
  /** Whether this release of Triton supports strings as correlation ids: from 24.04 on. */
  readonly carriesTextCorrelationIds: boolean;
  /** Whether the correlation id is a string. */
  hasTextCorrelationId(request: number): boolean;
  /** Bit 0: a sequence starts, bit 1: it ends. */
  requestFlags(request: number): number;
  /** Time-out in microseconds; 0 for none. */
  requestTimeout(request: number): bigint;
  /** The client's parameters as text of a JSON object. */
  requestParameters(request: number): string;
  inputCount(request: number): number;
  /** Index of the input whose name is the `length` bytes of `source` from `at` on. */
  findInput(
    request: number,
    source: Uint8Array,
    at: GuestPointer,
    length: number,
  ): number | undefined;
  /**
   * Copies up to `capacity` bytes of the name to `target`, from `at` on.
   * @returns the length of the whole name
   */
  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: GuestPointer,
    capacity: number,
  ): number;
  /** Datatype as a number of `TRITONSERVER_DataType`. */
  inputDatatype(request: number, input: number): number;
  /**
   * Copies up to `capacity` dimensions (8 bytes each, signed, little endian) to `target`, from `at` on.
   * @returns the rank
   */
  inputShape(
    request: number,
    input: number,
    target: Uint8Array,
    at: GuestPointer,
    capacity: number,
  ): number;
  inputByteSize(request: number, input: number): number;
  /**
   * Copies up to `length` bytes of the data, from `offset` on, to `target`, from `at` on.
   * @returns the number of copied bytes
   */
  readInput(
    request: number,
    input: number,
    offset: number,
    target: Uint8Array,
    at: GuestPointer,
    length: number,
  ): number;
  /** Number of outputs that the client requested. */
  outputCount(request: number): number;
  /** Like {@link findInput}. */
  findOutput(
    request: number,
    source: Uint8Array,
    at: GuestPointer,
    length: number,
  ): number | undefined;
  /** Describes an output for an error. */
  describeOutput(request: number, output: number): string;
  /** Like {@link inputName}. */
  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: GuestPointer,
    capacity: number,
  ): number;
  /**
   * Creates the requested output as a tensor that the guest writes afterwards; bytes that it does not write are zero.
   * @param shape no dimension is negative
   * @param byteSize the size that follows from shape and datatype
   * @returns false when the request has failed instead (no shared memory left); its error is recorded
   * @throws StubError ERR_GUEST_OUTPUT when shape, datatype and size do not match, or the output already exists
   */
  createOutput(
    request: number,
    output: number,
    datatype: number,
    shape: readonly number[],
    byteSize: number,
  ): boolean;
  /**
   * Copies `length` bytes of `source`, from `at` on, to the data of a created output.
   * @returns false when the request has already failed
   * @throws StubError ERR_GUEST_OUTPUT beyond the end of the data, or when the output has not been created
   */
  writeOutput(
    request: number,
    output: number,
    offset: number,
    source: Uint8Array,
    at: GuestPointer,
    length: number,
  ): boolean;
  /**
   * Creates the requested output with the datatype, shape and bytes of the input. No byte passes through the guest. The implementation
   * may copy the bytes or share them.
   * @returns false when the request has failed instead (no shared memory left); its error is recorded
   */
  copyInputToOutput(request: number, output: number, input: number): boolean;
  /**
   * Creates the requested output as a tensor of zero bytes.
   * @param datatype a datatype of fixed size
   * @param shape no dimension is negative
   * @returns like {@link copyInputToOutput}
   */
  zeroOutput(request: number, output: number, datatype: number, shape: readonly number[]): boolean;
  /**
   * Answers the request with an error.
   * @param code a number of TRITONSERVER_Error_Code
   */
  failRequest(request: number, code: number, message: string): void;
  /**
   * Sends the response that the guest has made, which is not the last.
   * @returns false when the server did not send it
   * @throws StubError ERR_GUEST_ARGUMENT for a model that is not decoupled
   */
  sendResponse(request: number): boolean;
  /** As {@link sendResponse}, for the last response; it may be empty. */
  finishResponse(request: number): boolean;
  /**
   * Keeps the request open after the batch.
   * @returns its handle; undefined when too many are open
   * @throws StubError ERR_GUEST_ARGUMENT for a model that is not decoupled
   */
  keepRequest(request: number): number | undefined;
  /** Asks the server whether the client has cancelled the request. */
  isCancelled(request: number): boolean;
  /**
   * Lets the server execute the request once more.
   * @returns false when the release does not have it
   */
  reschedule(request: number): boolean;
  /** Asks for a call of `triton_poll`. */
  pollAfter(milliseconds: number): void;
  /** Whether this release of Triton transports response parameters: from 25.02 on. */
  readonly carriesParameters: boolean;
  /** Adds a parameter to the response; only if the release transports parameters. */
  setParameter(request: number, key: string, value: ParameterValue): void;
}
