/** Import namespace of the guest ABI; the version is part of the name. Documented in docs/guest-abi.md. */
export const ABI_NAMESPACE = "triton_v1";

/**
 * The functions of {@link ABI_NAMESPACE} with their types: parameters, an arrow, the result; i is i32, I is i64, F is f64.
 * Those of the model may be called whenever the guest runs.
 */
export const MODEL_IMPORTS = {
  argument: "iiii->i",
  set_model_config: "ii->i",
  instance_ordinal: "->i",
  instance_restarts: "->i",
  fail: "ii->i",
  last_error: "ii->i",
  log: "iii->i",
  log_enabled: "i->i",
  clock: "i->I",
  sleep: "i->i",
  random: "ii->i",
  metric_new: "iiiii->i",
  metric_add: "iF->i",
  metric_set: "iF->i",
} as const;

/** Functions of the batch; outside of an execution there are no requests. */
export const BATCH_IMPORTS = {
  request_count: "->i",
  request_id: "iii->i",
  request_correlation_id: "iii->i",
  request_correlation_id_type: "i->i",
  request_flags: "i->i",
  request_timeout: "i->I",
  request_parameters: "iii->i",
  input_count: "i->i",
  input_find: "iii->i",
  input_name: "iiii->i",
  input_datatype: "ii->i",
  input_shape: "iiii->i",
  input_byte_size: "ii->i",
  input_read: "iiiii->i",
  output_count: "i->i",
  output_find: "iii->i",
  output_name: "iiii->i",
  output_create: "iiiiii->i",
  output_write: "iiiii->i",
  output_copy_input: "iii->i",
  output_zero: "iiiii->i",
  response_error: "iiii->i",
} as const;

/** What Triton carries in a response only in some releases: dropped in the others. */
export const PARAMETER_IMPORTS = {
  response_parameter_string: "iiiii->i",
  response_parameter_int: "iiiI->i",
  response_parameter_bool: "iiii->i",
  response_parameter_double: "iiiF->i",
} as const;

/** No release of Triton takes a double from its Python backend: the server would throw while it sends (r25.02, r26.07). */
export const UNCARRIED_PARAMETER = "response_parameter_double";

/** Every function that a guest may import from {@link ABI_NAMESPACE}. */
export const ABI_IMPORTS: Readonly<Record<string, string>> = {
  ...MODEL_IMPORTS,
  ...BATCH_IMPORTS,
  ...PARAMETER_IMPORTS,
};

export type ModelImport = keyof typeof MODEL_IMPORTS;
export type BatchImport = keyof typeof BATCH_IMPORTS | keyof typeof PARAMETER_IMPORTS;

/** What a guest exports: its name, and the type that it must have. */
export const ABI_EXPORTS = {
  memory: "memory",
  execute: "triton_execute",
  initialize: "triton_initialize",
  finalize: "triton_finalize",
  autoComplete: "triton_auto_complete",
  /** Run first when it exists: how reactors of other toolchains set themselves up. */
  reactor: "_initialize",
} as const;

/** Status of a host function that did what it was asked. */
export const STATUS_OK = 0;
/** There is no such thing: an unknown key, a name that no input or requested output has. */
export const STATUS_NONE = -1;
/** The host has not done what it was asked, and `last_error` has the reason. */
export const STATUS_REFUSED = -1;
/** The request has failed; its error is already recorded, the guest may go on with the next request. */
export const STATUS_REQUEST_FAILED = -2;
