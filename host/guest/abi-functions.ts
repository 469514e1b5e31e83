// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.

/** Import namespace of the guest ABI; the version is part of the name. */
export const ABI_NAMESPACE = "triton_v1";

/**
 * Functions of the group 'model' with their types: parameters, an arrow, the result; i is i32, I is
 * i64, F is f64.
 */
export const MODEL_IMPORTS = {
  argument: "iiii->i",
  model_parameter: "iiii->i",
  config_name: "ii->i",
  config_max_batch_size: "->i",
  config_tensor_count: "i->i",
  config_tensor_find: "iii->i",
  config_tensor_name: "iiii->i",
  config_tensor_datatype: "ii->i",
  config_tensor_shape: "iiii->i",
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
  metric_create: "iiiiiiiii->i",
  metric_observe: "iF->i",
  metric_value: "ii->i",
  metric_delete: "i->i",
  file_count: "->i",
  file_name: "iii->i",
  file_size: "ii->I",
  file_read: "iiIii->i",
  model_load: "iiii->i",
  model_unload: "iii->i",
  model_is_ready: "iiI->i",
} as const;

/** What the host gives a guest for them. Every number that comes in is untrusted. */
export interface ModelFunctions {
  argument(key: number, keyLength: number, target: number, capacity: number): number;
  model_parameter(key: number, keyLength: number, target: number, capacity: number): number;
  config_name(target: number, capacity: number): number;
  config_max_batch_size(): number;
  config_tensor_count(side: number): number;
  config_tensor_find(side: number, name: number, nameLength: number): number;
  config_tensor_name(side: number, index: number, target: number, capacity: number): number;
  config_tensor_datatype(side: number, index: number): number;
  config_tensor_shape(side: number, index: number, target: number, capacity: number): number;
  set_model_config(text: number, length: number): number;
  instance_ordinal(): number;
  instance_restarts(): number;
  fail(text: number, length: number): number;
  last_error(target: number, capacity: number): number;
  log(level: number, text: number, length: number): number;
  log_enabled(level: number): number;
  clock(which: number): bigint;
  sleep(milliseconds: number): number;
  random(target: number, length: number): number;
  metric_new(
    kind: number,
    name: number,
    nameLength: number,
    help: number,
    helpLength: number,
  ): number;
  metric_add(metric: number, by: number): number;
  metric_set(metric: number, value: number): number;
  metric_create(
    kind: number,
    name: number,
    nameLength: number,
    help: number,
    helpLength: number,
    labels: number,
    labelCount: number,
    buckets: number,
    bucketCount: number,
  ): number;
  metric_observe(metric: number, value: number): number;
  metric_value(metric: number, target: number): number;
  metric_delete(metric: number): number;
  file_count(): number;
  file_name(file: number, target: number, capacity: number): number;
  file_size(name: number, nameLength: number): bigint;
  file_read(
    name: number,
    nameLength: number,
    offset: bigint,
    target: number,
    length: number,
  ): number;
  model_load(name: number, nameLength: number, config: number, configLength: number): number;
  model_unload(name: number, nameLength: number, dependents: number): number;
  model_is_ready(name: number, nameLength: number, version: bigint): number;
}

/**
 * Functions of the group 'batch' with their types: parameters, an arrow, the result; i is i32, I is
 * i64, F is f64.
 */
export const BATCH_IMPORTS = {
  request_count: "->i",
  request_id: "iii->i",
  request_correlation_id: "iii->i",
  request_correlation_id_type: "i->i",
  request_flags: "i->i",
  request_timeout: "i->I",
  request_parameters: "iii->i",
  request_parameter_type: "iii->i",
  request_parameter: "iiiii->i",
  request_parameter_int: "iii->I",
  request_parameter_double: "iii->F",
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

/** What the host gives a guest for them. Every number that comes in is untrusted. */
export interface BatchFunctions {
  request_count(): number;
  request_id(request: number, target: number, capacity: number): number;
  request_correlation_id(request: number, target: number, capacity: number): number;
  request_correlation_id_type(request: number): number;
  request_flags(request: number): number;
  request_timeout(request: number): bigint;
  request_parameters(request: number, target: number, capacity: number): number;
  request_parameter_type(request: number, key: number, keyLength: number): number;
  request_parameter(
    request: number,
    key: number,
    keyLength: number,
    target: number,
    capacity: number,
  ): number;
  request_parameter_int(request: number, key: number, keyLength: number): bigint;
  request_parameter_double(request: number, key: number, keyLength: number): number;
  input_count(request: number): number;
  input_find(request: number, name: number, nameLength: number): number;
  input_name(request: number, input: number, target: number, capacity: number): number;
  input_datatype(request: number, input: number): number;
  input_shape(request: number, input: number, target: number, capacity: number): number;
  input_byte_size(request: number, input: number): number;
  input_read(
    request: number,
    input: number,
    offset: number,
    target: number,
    length: number,
  ): number;
  output_count(request: number): number;
  output_find(request: number, name: number, nameLength: number): number;
  output_name(request: number, output: number, target: number, capacity: number): number;
  output_create(
    request: number,
    output: number,
    datatype: number,
    shape: number,
    rank: number,
    byteSize: number,
  ): number;
  output_write(
    request: number,
    output: number,
    offset: number,
    source: number,
    length: number,
  ): number;
  output_copy_input(request: number, output: number, input: number): number;
  output_zero(
    request: number,
    output: number,
    datatype: number,
    shape: number,
    rank: number,
  ): number;
  response_error(request: number, code: number, text: number, length: number): number;
}

/**
 * Functions of the group 'parameter' with their types: parameters, an arrow, the result; i is i32,
 * I is i64, F is f64.
 */
export const PARAMETER_IMPORTS = {
  response_parameter_string: "iiiii->i",
  response_parameter_int: "iiiI->i",
  response_parameter_bool: "iiii->i",
  response_parameter_double: "iiiF->i",
} as const;

/** What the host gives a guest for them. Every number that comes in is untrusted. */
export interface ParameterFunctions {
  response_parameter_string(
    request: number,
    key: number,
    keyLength: number,
    text: number,
    length: number,
  ): number;
  response_parameter_int(request: number, key: number, keyLength: number, value: bigint): number;
  response_parameter_bool(request: number, key: number, keyLength: number, value: number): number;
  response_parameter_double(request: number, key: number, keyLength: number, value: number): number;
}

/**
 * Functions of the group 'stream' with their types: parameters, an arrow, the result; i is i32, I
 * is i64, F is f64.
 */
export const STREAM_IMPORTS = {
  response_send: "i->i",
  response_finish: "i->i",
  request_keep: "i->i",
  request_is_cancelled: "i->i",
  request_reschedule: "i->i",
  poll_after: "i->i",
} as const;

/** What the host gives a guest for them. Every number that comes in is untrusted. */
export interface StreamFunctions {
  response_send(request: number): number;
  response_finish(request: number): number;
  request_keep(request: number): number;
  request_is_cancelled(request: number): number;
  request_reschedule(request: number): number;
  poll_after(milliseconds: number): number;
}

/**
 * Functions of the group 'call' with their types: parameters, an arrow, the result; i is i32, I is
 * i64, F is f64.
 */
export const CALL_IMPORTS = {
  call_create: "iiI->i",
  call_input: "iiiiiiii->i",
  call_input_from: "iiiii->i",
  call_input_from_call: "iiiii->i",
  call_output: "iii->i",
  call_parameter_string: "iiiii->i",
  call_parameter_int: "iiiI->i",
  call_parameter_bool: "iiii->i",
  call_request_id: "iii->i",
  call_correlation_id: "iI->i",
  call_correlation_id_string: "iii->i",
  call_flags: "ii->i",
  call_timeout: "iI->i",
  call_trace_from: "ii->i",
  call_send: "ii->i",
  call_wait: "ii->i",
  call_wait_any: "i->i",
  call_cancel: "i->i",
  call_close: "i->i",
  call_error_code: "i->i",
  call_error: "iii->i",
  call_response_parameters: "iii->i",
  call_output_count: "i->i",
  call_output_find: "iii->i",
  call_output_name: "iiii->i",
  call_output_datatype: "ii->i",
  call_output_shape: "iiii->i",
  call_output_byte_size: "ii->i",
  call_output_read: "iiiii->i",
  output_forward: "iiii->i",
} as const;

/** What the host gives a guest for them. Every number that comes in is untrusted. */
export interface CallFunctions {
  call_create(model: number, length: number, version: bigint): number;
  call_input(
    call: number,
    name: number,
    nameLength: number,
    datatype: number,
    shape: number,
    rank: number,
    source: number,
    length: number,
  ): number;
  call_input_from(
    call: number,
    name: number,
    nameLength: number,
    request: number,
    input: number,
  ): number;
  call_input_from_call(
    call: number,
    name: number,
    nameLength: number,
    source: number,
    output: number,
  ): number;
  call_output(call: number, name: number, length: number): number;
  call_parameter_string(
    call: number,
    key: number,
    keyLength: number,
    text: number,
    length: number,
  ): number;
  call_parameter_int(call: number, key: number, keyLength: number, value: bigint): number;
  call_parameter_bool(call: number, key: number, keyLength: number, value: number): number;
  call_request_id(call: number, text: number, length: number): number;
  call_correlation_id(call: number, id: bigint): number;
  call_correlation_id_string(call: number, text: number, length: number): number;
  call_flags(call: number, flags: number): number;
  call_timeout(call: number, microseconds: bigint): number;
  call_trace_from(call: number, request: number): number;
  call_send(call: number, streams: number): number;
  call_wait(call: number, milliseconds: number): number;
  call_wait_any(milliseconds: number): number;
  call_cancel(call: number): number;
  call_close(call: number): number;
  call_error_code(call: number): number;
  call_error(call: number, target: number, capacity: number): number;
  call_response_parameters(call: number, target: number, capacity: number): number;
  call_output_count(call: number): number;
  call_output_find(call: number, name: number, length: number): number;
  call_output_name(call: number, output: number, target: number, capacity: number): number;
  call_output_datatype(call: number, output: number): number;
  call_output_shape(call: number, output: number, target: number, capacity: number): number;
  call_output_byte_size(call: number, output: number): number;
  call_output_read(
    call: number,
    output: number,
    offset: number,
    target: number,
    length: number,
  ): number;
  output_forward(request: number, output: number, call: number, callOutput: number): number;
}
