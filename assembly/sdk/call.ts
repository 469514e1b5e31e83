import { Datatype } from "./datatype";
import { datatypeOf } from "./element";
import { Output } from "./output";
import { Tensor } from "./tensor";
import {
  call_cancel,
  call_close,
  call_correlation_id,
  call_correlation_id_string,
  call_create,
  call_error,
  call_error_code,
  call_flags,
  call_input,
  call_input_from,
  call_input_from_call,
  call_output,
  call_output_byte_size,
  call_output_count,
  call_output_datatype,
  call_output_find,
  call_output_name,
  call_output_read,
  call_output_shape,
  call_parameter_bool,
  call_parameter_int,
  call_parameter_string,
  call_request_id,
  call_response_parameters,
  call_send,
  call_timeout,
  call_trace_from,
  call_wait,
  call_wait_any,
  model_is_ready,
  model_load,
  model_unload,
  output_forward,
} from "./triton_v1";

/** The time-out of a call that waits as long as the host allows. */
export const WAIT_FOR_EVER: u32 = u32.MAX_VALUE;

/**
 * A call of another model. It is valid until `execute` returns.
 *
 *     const call = new Call("resnet").inputFrom("INPUT0", tensor);
 *     if (!call.send() || !call.next()) …
 *
 * A function of a refused call has no effect; `send` returns false then, and `lastError` has the reason.
 */
@final
export class Call {
  private readonly number: i32;
  private refused: bool;

  /**
   * @param model name of the model
   * @param version -1: the latest
   */
  constructor(model: string, version: i64 = -1) {
    const text = String.UTF8.encode(model);
    this.number = call_create(changetype<usize>(text), text.byteLength, version);
    this.refused = this.number < 0;
  }

  /** Whether the host has refused the call or one of its inputs; `lastError` has the reason. */
  get isRefused(): bool {
    return this.refused;
  }

  /** The call's number, for the functions of `abi`. */
  get index(): i32 {
    return this.number;
  }

  /** Adds an input with these elements. */
  input<T>(name: string, shape: StaticArray<i64>, values: StaticArray<T>): Call {
    return this.inputBytes(
      name,
      datatypeOf<T>(),
      shape,
      changetype<usize>(values),
      <i32>values.length * sizeof<T>(),
    );
  }

  /** Adds an input with `length` bytes from `source` on. */
  inputBytes(
    name: string,
    datatype: Datatype,
    shape: StaticArray<i64>,
    source: usize,
    length: i32,
  ): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(name);
    return this.check(
      call_input(
        this.number,
        changetype<usize>(text),
        text.byteLength,
        datatype,
        changetype<usize>(shape),
        shape.length,
        source,
        length,
      ),
    );
  }

  /** Adds an input with the content of an input of a request. No byte is copied. */
  inputFrom(name: string, input: Tensor): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(name);
    return this.check(
      call_input_from(
        this.number,
        changetype<usize>(text),
        text.byteLength,
        input.request,
        input.index,
      ),
    );
  }

  /** Adds an input with the content of an output of another call. No byte is copied. */
  inputFromCall(name: string, output: CallOutput): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(name);
    return this.check(
      call_input_from_call(
        this.number,
        changetype<usize>(text),
        text.byteLength,
        output.call,
        output.index,
      ),
    );
  }

  /** Asks for an output. Without any, the model sends all its outputs. */
  requestOutput(name: string): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(name);
    call_output(this.number, changetype<usize>(text), text.byteLength);
    return this;
  }

  setString(key: string, value: string): Call {
    if (this.refused) return this;
    const name = String.UTF8.encode(key);
    const text = String.UTF8.encode(value);
    call_parameter_string(
      this.number,
      changetype<usize>(name),
      name.byteLength,
      changetype<usize>(text),
      text.byteLength,
    );
    return this;
  }

  setInteger(key: string, value: i64): Call {
    if (this.refused) return this;
    const name = String.UTF8.encode(key);
    call_parameter_int(this.number, changetype<usize>(name), name.byteLength, value);
    return this;
  }

  setBoolean(key: string, value: bool): Call {
    if (this.refused) return this;
    const name = String.UTF8.encode(key);
    call_parameter_bool(this.number, changetype<usize>(name), name.byteLength, value ? 1 : 0);
    return this;
  }

  /** Sets the id of the request. */
  setId(id: string): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(id);
    call_request_id(this.number, changetype<usize>(text), text.byteLength);
    return this;
  }

  setCorrelationId(id: u64): Call {
    if (!this.refused) call_correlation_id(this.number, <i64>id);
    return this;
  }

  /** A correlation id that is a text. Before Triton 24.04 the host refuses it. */
  setCorrelationText(id: string): Call {
    if (this.refused) return this;
    const text = String.UTF8.encode(id);
    return this.check(
      call_correlation_id_string(this.number, changetype<usize>(text), text.byteLength),
    );
  }

  /** @param flags bit 0: the request starts a sequence; bit 1: it ends one */
  setFlags(flags: u32): Call {
    if (!this.refused) call_flags(this.number, flags);
    return this;
  }

  /** Sets the time-out that the scheduler of the called model applies. */
  setTimeout(microseconds: i64): Call {
    if (!this.refused) call_timeout(this.number, microseconds);
    return this;
  }

  /** Makes the call a part of the trace of a request. */
  traceFrom(request: i32): Call {
    if (!this.refused) call_trace_from(this.number, request);
    return this;
  }

  /**
   * Sends the call.
   * @returns false if the host refuses it; `lastError` has the reason
   */
  send(): bool {
    return !this.refused && call_send(this.number, 0) == 0;
  }

  /** As {@link send}, for a model that may be decoupled. */
  sendForStream(): bool {
    return !this.refused && call_send(this.number, 1) == 0;
  }

  /**
   * Waits for the next response, which then is the current one.
   * @returns false after the time-out, or if no other response follows
   */
  next(milliseconds: u32 = WAIT_FOR_EVER): bool {
    return !this.refused && call_wait(this.number, milliseconds) == 1;
  }

  /** The error text of the current response; null when it is not an error. */
  get error(): string | null {
    const length = call_error(this.number, 0, 0);
    if (length < 0) return null;
    const bytes = new ArrayBuffer(length);
    call_error(this.number, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** The error code of the current response; -1 when it is not an error. */
  get errorCode(): i32 {
    return call_error_code(this.number);
  }

  /** The parameters of the current response as a JSON object; empty before 25.02. */
  get parameters(): string {
    const length = call_response_parameters(this.number, 0, 0);
    const bytes = new ArrayBuffer(length);
    call_response_parameters(this.number, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** Number of outputs of the current response. */
  get outputCount(): i32 {
    return call_output_count(this.number);
  }

  /** @param index below {@link outputCount} */
  outputAt(index: i32): CallOutput {
    return new CallOutput(this.number, index);
  }

  /** The output of this name of the current response; null when the response does not have it. */
  output(name: string): CallOutput | null {
    const text = String.UTF8.encode(name);
    const index = call_output_find(this.number, changetype<usize>(text), text.byteLength);
    return index < 0 ? null : new CallOutput(this.number, index);
  }

  /** Asks the server to cancel a call with a stream of responses: 25.04 and later. */
  cancel(): bool {
    return !this.refused && call_cancel(this.number) == 0;
  }

  /** Frees the responses. Those that come later are dropped. */
  close(): void {
    if (!this.refused) call_close(this.number);
  }

  private check(status: i32): Call {
    if (status != 0) this.refused = true;
    return this;
  }
}

/** An output of the current response of a call. */
@final
export class CallOutput {
  /**
   * @param call number of the call
   * @param index index of the output
   */
  constructor(
    readonly call: i32,
    readonly index: i32,
  ) {}

  get name(): string {
    const length = call_output_name(this.call, this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    call_output_name(this.call, this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** Datatype as a number of `Datatype`. */
  get datatype(): i32 {
    return call_output_datatype(this.call, this.index);
  }

  get shape(): StaticArray<i64> {
    const rank = call_output_shape(this.call, this.index, 0, 0);
    const shape = new StaticArray<i64>(rank);
    call_output_shape(this.call, this.index, changetype<usize>(shape), rank);
    return shape;
  }

  /** Size of the data in bytes. */
  get byteSize(): u32 {
    return call_output_byte_size(this.call, this.index);
  }

  /**
   * Copies up to `length` bytes of the data, from `offset` on, to `target`.
   * @returns the number of copied bytes
   */
  read(offset: u32, target: usize, length: i32): i32 {
    return call_output_read(this.call, this.index, offset, target, length);
  }

  /** All data as elements of type T; null for another datatype. */
  data<T>(): StaticArray<T> | null {
    if (this.datatype != datatypeOf<T>()) return null;
    const size = this.byteSize;
    const values = new StaticArray<T>(<i32>(size / sizeof<T>()));
    this.read(0, changetype<usize>(values), size);
    return values;
  }

  /**
   * Makes an output of a request with the content of this one. No byte is copied.
   * @returns false when the request has failed
   */
  forwardTo(output: Output): bool {
    return output_forward(output.request, output.index, this.call, this.index) == 0;
  }
}

/**
 * Waits until one of the calls has a response that `next` has not returned.
 * @returns the number of that call; -1 after the time-out, or when no call is in flight
 */
export function waitForAnyCall(milliseconds: u32 = WAIT_FOR_EVER): i32 {
  return call_wait_any(milliseconds);
}

/**
 * Lets the server load a model.
 * @param config a configuration as JSON in place of the one of the repository
 * @returns false if the server refuses; `lastError` has the reason
 */
export function loadModel(name: string, config: string = ""): bool {
  const text = String.UTF8.encode(name);
  const json = String.UTF8.encode(config);
  return (
    model_load(
      changetype<usize>(text),
      text.byteLength,
      changetype<usize>(json),
      json.byteLength,
    ) == 0
  );
}

/** Lets the server unload a model. @returns as {@link loadModel} */
export function unloadModel(name: string, dependents: bool = false): bool {
  const text = String.UTF8.encode(name);
  return model_unload(changetype<usize>(text), text.byteLength, dependents ? 1 : 0) == 0;
}

/** Whether a version of a model is ready; -1: the latest. */
export function isModelReady(name: string, version: i64 = -1): bool {
  const text = String.UTF8.encode(name);
  return model_is_ready(changetype<usize>(text), text.byteLength, version) == 1;
}
