import type { GuestPointer } from "../numbers.js";
import type { ParameterValue } from "./parameter-value.js";

/** The error of a response of another model. */
export interface CallError {
  /** A number of TRITONSERVER_Error_Code. */
  readonly code: number;
  readonly message: string;
}

/**
 * Calls of other models, which a guest makes while it executes a batch. A call has a number, which {@link isOpen} has checked. What the
 * server or this backend refuses is a StubError ERR_CALL_REFUSED; a wrong use is another StubError.
 */
export interface CallServices {
  /** Maximum size of the inputs that the guest has copied and not sent, in bytes. */
  readonly inputMaxBytes: number;
  isOpen(call: number): boolean;
  /**
   * Creates a call, which is sent later.
   * @param version -1n for the latest
   * @returns its number
   */
  create(model: string, version: bigint): number;
  /** Adds an input with `length` bytes of `source`, from `at` on. No dimension of the shape is negative. */
  copyInput(
    call: number,
    name: string,
    datatype: number,
    shape: readonly number[],
    source: Uint8Array,
    at: GuestPointer,
    length: number,
  ): void;
  /** Adds an input with the content of an input of a request of the batch, without a copy. */
  shareInput(call: number, name: string, request: number, input: number): void;
  /** Adds an input with the content of an output of another call, without a copy. */
  shareOutput(call: number, name: string, from: number, output: number): void;
  /** Asks for an output. Without any, the model sends all its outputs. */
  requestOutput(call: number, name: string): void;
  setParameter(call: number, key: string, value: ParameterValue): void;
  setId(call: number, id: string): void;
  setCorrelationId(call: number, id: bigint | string): void;
  /** @param flags bit 0: a sequence starts, bit 1: it ends */
  setFlags(call: number, flags: number): void;
  setTimeout(call: number, microseconds: bigint): void;
  /** Makes the call a part of the trace of a request of the batch. */
  setTrace(call: number, request: number): void;
  /** @param streams whether the model may be decoupled */
  send(call: number, streams: boolean): void;
  /**
   * Waits for the next response, which becomes the call's current one.
   * @returns 1; 0 after the time-out; -1 when no response follows
   */
  wait(call: number, timeoutMs: number): number;
  /** @returns a call with a response that {@link wait} has not taken; -1 after the time-out, or when no call is in flight */
  waitAny(timeoutMs: number): number;
  /** The error of the current response; undefined when it is not an error. */
  error(call: number): CallError | undefined;
  /** The parameters of the current response, as text of a JSON object; empty before 25.02. */
  responseParameters(call: number): string;
  /** Number of outputs of the current response. */
  outputCount(call: number): number;
  /** In UTF-8. */
  outputName(call: number, output: number): Uint8Array;
  outputDatatype(call: number, output: number): number;
  outputShape(call: number, output: number): readonly bigint[];
  outputByteSize(call: number, output: number): number;
  /** As `readInput` of the batch. */
  readOutput(
    call: number,
    output: number,
    offset: number,
    target: Uint8Array,
    at: GuestPointer,
    length: number,
  ): number;
  /**
   * Creates a requested output of the batch with the content of an output of a call, without a copy.
   * @returns as `copyInputToOutput` of the batch
   */
  forwardOutput(request: number, output: number, call: number, from: number): boolean;
  /** Ends a call. Responses that still come are dropped. */
  close(call: number): void;
  /**
   * Asks the server to cancel a call with a stream of responses.
   * @returns whether this release can cancel it: 25.04 and later
   */
  cancel(call: number): boolean;
}
