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
  request_parameters,
  request_timeout,
  response_error,
  response_parameter_bool,
  response_parameter_double,
  response_parameter_int,
  response_parameter_string,
} from "./triton_v1";

/** One request of a batch. */
@final
export class Request {
  readonly response: Response;

  /** @param index index in the batch */
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
