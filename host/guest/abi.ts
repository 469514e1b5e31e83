/** Import namespace of the guest ABI; the version is part of the name. Documented in docs/guest-abi.md. */
export const ABI_NAMESPACE = "triton_v0";

/** Functions of the model, callable whenever the guest runs. */
const MODEL_IMPORTS = [
  "argument",
  "instance_ordinal",
  "instance_restarts",
  "fail",
  "log",
  "log_enabled",
  "sleep",
  "counter_new",
  "counter_add",
] as const;

/** Functions of the batch; outside of an execution there are no requests. */
const BATCH_IMPORTS = [
  "request_count",
  "request_id",
  "request_correlation_id",
  "request_correlation_id_type",
  "input_count",
  "input_name",
  "input_datatype",
  "input_shape",
  "input_byte_size",
  "output_count",
  "output_name",
  "output_copy_input",
  "output_zero",
  "response_error",
] as const;

/** What Triton carries in a response only in some releases: dropped in the others. */
export const PARAMETER_IMPORTS = [
  "response_parameter_string",
  "response_parameter_int",
  "response_parameter_bool",
  "response_parameter_double",
] as const;

/** No release of Triton takes a double from its Python backend: the server would throw while it sends (r25.02, r26.07). */
export const UNCARRIED_PARAMETER = "response_parameter_double";

/** Every function that a guest may import from {@link ABI_NAMESPACE}. */
export const ABI_IMPORTS = [...MODEL_IMPORTS, ...BATCH_IMPORTS, ...PARAMETER_IMPORTS] as const;

/** Those that take no lock, allocate nothing and run no native code. */
export const LIGHT_IMPORTS: readonly string[] = [
  "instance_ordinal",
  "instance_restarts",
  "log_enabled",
  "counter_add",
  "request_count",
  "request_correlation_id_type",
  "input_count",
  "input_name",
  "input_datatype",
  "input_shape",
  "input_byte_size",
  "output_count",
  "output_name",
];

export type ModelImport = (typeof MODEL_IMPORTS)[number];
export type BatchImport = (typeof BATCH_IMPORTS)[number] | (typeof PARAMETER_IMPORTS)[number];

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
/** Length of something that does not exist. */
export const STATUS_NONE = -1;
