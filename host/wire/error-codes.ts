/** `TRITONSERVER_Error_Code` of r23.10 and later. */
export const TRITON_ERROR = {
  unknown: 0,
  internal: 1,
  notFound: 2,
  invalidArg: 3,
  unavailable: 4,
  unsupported: 5,
  alreadyExists: 6,
  cancelled: 7,
} as const;
