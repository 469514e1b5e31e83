/** Import namespace of the guest ABI; the version is part of the name. Documented in docs/guest-abi.md. */
export const ABI_NAMESPACE = "triton_v0";

/** Every function that a guest may import from {@link ABI_NAMESPACE}. */
export const ABI_IMPORTS = [
  "request_count",
  "input_count",
  "input_name",
  "output_count",
  "output_name",
  "output_copy_input",
  "response_error",
  "log",
] as const;

export type AbiImport = (typeof ABI_IMPORTS)[number];

/** What a guest exports. */
export const ABI_EXPORTS = {
  memory: "memory",
  execute: "triton_execute",
  initialize: "triton_initialize",
  finalize: "triton_finalize",
  /** Run first when it exists: how reactors of other toolchains set themselves up. */
  reactor: "_initialize",
} as const;

/** Status of a host function that did what it was asked. */
export const STATUS_OK = 0;
/** The request has failed; its error is already recorded, the guest may go on with the next request. */
export const STATUS_REQUEST_FAILED = -1;
