import { ErrorCode } from "./error-code";
import { Output } from "./output";
import { RequestParameter } from "./parameter";
import { quoted } from "./quoted";
import { Tensor } from "./tensor";
import {
  input_count,
  input_find,
  output_count,
  output_find,
  request_correlation_id,
  request_correlation_id_type,
  request_flags,
  request_id,
  request_is_cancelled,
  request_keep,
  request_parameters,
  request_reschedule,
  request_timeout,
  response_error,
  response_finish,
  response_parameter_bool,
  response_parameter_double,
  response_parameter_int,
  response_parameter_string,
  response_send,
} from "./triton_v1";

/** One request of a batch, or one that stays open after it. */
@final
export class Request {
  readonly response: Response;

  /** @param index index in the batch, or the handle of a request that stays open */
  constructor(readonly index: i32) {
    this.response = new Response(index);
  }

  /** The client's id of the request; empty when it is missing. */
  get id(): string {
    const length = request_id(this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    request_id(this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** The correlation id as text; a number in decimal digits. */
  get correlationId(): string {
    const length = request_correlation_id(this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    request_correlation_id(this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** Whether the correlation id is a text and not a number; false before Triton 24.04. */
  get correlationIdIsText(): bool {
    return request_correlation_id_type(this.index) != 0;
  }

  /** Bit 0: the request starts a sequence; bit 1: it ends one. */
  get flags(): i32 {
    return request_flags(this.index);
  }

  /** Time-out in microseconds; 0 for none. */
  get timeout(): i64 {
    return request_timeout(this.index);
  }

  /** The client's parameters as a JSON object. */
  get parameters(): string {
    const length = request_parameters(this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    request_parameters(this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** One of the client's parameters. Its type is None if the request does not have it. */
  parameter(key: string): RequestParameter {
    return new RequestParameter(this.index, key);
  }

  get inputCount(): i32 {
    return input_count(this.index);
  }

  /** @param index below {@link inputCount} */
  inputAt(index: i32): Tensor {
    return new Tensor(this.index, index);
  }

  /** Returns the input of this name; null when the request does not have it. */
  input(name: string): Tensor | null {
    const bytes = String.UTF8.encode(name);
    const index = input_find(this.index, changetype<usize>(bytes), bytes.byteLength);
    return index < 0 ? null : new Tensor(this.index, index);
  }

  /** Whether the client has cancelled the request. Asks the server. */
  get isCancelled(): bool {
    return request_is_cancelled(this.index) != 0;
  }

  /**
   * Keeps the request of a decoupled model open after the execution, until `response.finish()`. Returns the request as it is valid from
   * then on; null when the instance has too many open requests.
   */
  keep(): Request | null {
    const handle = request_keep(this.index);
    return handle < 0 ? null : new Request(handle);
  }

  /** Lets the server execute the request once more (iterative sequences). Returns false before Triton 23.11. */
  reschedule(): bool {
    return request_reschedule(this.index) == 0;
  }

  /** Returns the input of this name. When it is missing, it answers the request with an error and returns null. */
  requireInput(name: string): Tensor | null {
    const input = this.input(name);
    if (input == null)
      this.response.error(ErrorCode.InvalidArg, `the request has no input ${quoted(name)}`);
    return input;
  }
}

/** The answer to one request: outputs, or an error. */
@final
export class Response {
  /** @param request index of the request */
  constructor(readonly request: i32) {}

  /** Number of outputs that the client requested. */
  get outputCount(): i32 {
    return output_count(this.request);
  }

  /** @param index below {@link outputCount} */
  outputAt(index: i32): Output {
    return new Output(this.request, index);
  }

  /** Returns the output of this name; null when the client did not request it. */
  output(name: string): Output | null {
    const bytes = String.UTF8.encode(name);
    const index = output_find(this.request, changetype<usize>(bytes), bytes.byteLength);
    return index < 0 ? null : new Output(this.request, index);
  }

  /**
   * Sends what is set as one response of a decoupled model; the response is empty then, for the next one.
   * @returns false when the request has failed
   */
  send(): bool {
    return response_send(this.request) == 0;
  }

  /**
   * Sends what is set as the last response. If nothing is set, the responses before were all.
   * @returns as {@link send}
   */
  finish(): bool {
    return response_finish(this.request) == 0;
  }

  /** Answers the request with an error. The response has no outputs then. */
  error(code: ErrorCode, message: string): void {
    const text = String.UTF8.encode(message);
    response_error(this.request, code, changetype<usize>(text), text.byteLength);
  }

  /** Sets a parameter of the response. Triton transports parameters from 25.02 on. */
  setString(key: string, value: string): void {
    const name = String.UTF8.encode(key);
    const text = String.UTF8.encode(value);
    response_parameter_string(
      this.request,
      changetype<usize>(name),
      name.byteLength,
      changetype<usize>(text),
      text.byteLength,
    );
  }

  /** Like {@link setString}. */
  setInteger(key: string, value: i64): void {
    const name = String.UTF8.encode(key);
    response_parameter_int(this.request, changetype<usize>(name), name.byteLength, value);
  }

  /** Like {@link setString}. */
  setBoolean(key: string, value: bool): void {
    const name = String.UTF8.encode(key);
    response_parameter_bool(this.request, changetype<usize>(name), name.byteLength, value ? 1 : 0);
  }

  /** Like {@link setString}. No release of Triton transports doubles, so the parameter is dropped. */
  setDouble(key: string, value: f64): void {
    const name = String.UTF8.encode(key);
    response_parameter_double(this.request, changetype<usize>(name), name.byteLength, value);
  }
}
