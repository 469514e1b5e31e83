/** Triton's error codes (TRITONSERVER_Error_Code). */
export enum ErrorCode {
  Unknown = 0,
  Internal = 1,
  NotFound = 2,
  InvalidArg = 3,
  Unavailable = 4,
  Unsupported = 5,
  AlreadyExists = 6,
  Cancelled = 7,
}
