import {
  request_parameter,
  request_parameter_double,
  request_parameter_int,
  request_parameter_type,
} from "./triton_v1";

/** Types of a request's parameters. */
export enum ParameterType {
  None = 0,
  String = 1,
  Int = 2,
  Bool = 3,
  Double = 4,
}

/** A parameter that the client sent. Its value is valid during `execute`. */
@final
export class RequestParameter {
  private readonly key: ArrayBuffer;

  /** @param request index of the request */
  constructor(
    readonly request: i32,
    key: string,
  ) {
    this.key = String.UTF8.encode(key);
  }

  /** None if the request does not have the parameter. */
  get type(): ParameterType {
    return request_parameter_type(
      this.request,
      changetype<usize>(this.key),
      this.key.byteLength,
    ) as ParameterType;
  }

  /** The value as text: an integer in decimal digits, a bool as `true` or `false`; empty for none. */
  get text(): string {
    const key = changetype<usize>(this.key);
    const length = request_parameter(this.request, key, this.key.byteLength, 0, 0);
    if (length <= 0) return "";
    const bytes = new ArrayBuffer(length);
    request_parameter(this.request, key, this.key.byteLength, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** The value of an integer; 1 or 0 for a bool; 0 for any other. */
  get int(): i64 {
    return request_parameter_int(this.request, changetype<usize>(this.key), this.key.byteLength);
  }

  /** Whether the value is the bool `true` or an integer other than 0. */
  get bool(): bool {
    return this.int != 0;
  }

  /** The value of a double or integer; 0 for any other. */
  get double(): f64 {
    return request_parameter_double(this.request, changetype<usize>(this.key), this.key.byteLength);
  }
}
