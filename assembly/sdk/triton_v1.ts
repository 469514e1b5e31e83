// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.
/**
 * The host's functions of the guest ABI triton_v1 as docs/guest-abi.md lists them. This file's name
 * is the namespace of the imports. A pointer and the number behind it stand for that many bytes (of
 * a shape: dimensions); where there are none, the pointer may be any. A result of -1 says that
 * there is no such thing, -2 that the request has failed.
 */

/**
 * Dimensions of an input that an SDK takes: numpy makes no array with more. More are an error of
 * the request.
 */
export const RANK_MAX: i32 = 64;

/**
 * Bytes of a name that an SDK's error text quotes; a longer name is cut off at a whole character.
 */
export const QUOTED_NAME_MAX: i32 = 256;

/**
 * Bytes of an error text or log line where a language puts it together in a fixed buffer: room for
 * every text of the SDKs.
 */
export const MESSAGE_MAX: i32 = 2048;

/** Text of what the server said when it initialised the instance; returns -1 for an unknown key. */
export declare function argument(key: usize, keyLength: i32, target: usize, capacity: i32): i32;

/**
 * Sets the completed configuration as JSON, which the server checks; only in triton_auto_complete.
 */
export declare function set_model_config(text: usize, length: i32): i32;

/**
 * Place of this instance among those of its model version, from 0, in the order of instance_group.
 */
export declare function instance_ordinal(): i32;

/** Number of guests of this instance before this one, which trapped or were stopped. */
export declare function instance_restarts(): i32;

/** Says why the export that runs now is about to return another status than 0. */
export declare function fail(text: usize, length: i32): i32;

/**
 * Text of why the host refused something last, in a call that returned -1 for that reason; empty
 * before.
 */
export declare function last_error(target: usize, capacity: i32): i32;

/** Writes a line to the server's log; level 0 info, 1 warning, 2 error, 3 verbose. */
export declare function log(level: i32, text: usize, length: i32): i32;

/**
 * Returns 1, or 0 for verbose when the server was not started with --log-verbose; the same as long
 * as the instance lives.
 */
export declare function log_enabled(level: i32): i32;

/** Nanoseconds; which 0: since 1970, 1: monotonic since some moment. */
export declare function clock(which: i32): i64;

/** Sleeps for so many milliseconds (unsigned 32 bits). */
export declare function sleep(milliseconds: u32): i32;

/** Fills the range with the system's secure random numbers. */
export declare function random(target: usize, length: i32): i32;

/** Returns a number that stands for a metric on the server's /metrics; kind 0 counter, 1 gauge. */
export declare function metric_new(
  kind: i32,
  name: usize,
  nameLength: i32,
  help: usize,
  helpLength: i32,
): i32;

/** Adds by (f64, finite; for a counter not negative). */
export declare function metric_add(metric: i32, by: f64): i32;

/** Sets a gauge (f64, finite), in the same way. */
export declare function metric_set(metric: i32, value: f64): i32;

/** Number of requests in the batch. */
export declare function request_count(): i32;

/** Text of the client's id. */
export declare function request_id(request: i32, target: usize, capacity: i32): i32;

/** Correlation id as text. */
export declare function request_correlation_id(request: i32, target: usize, capacity: i32): i32;

/**
 * Returns 0 for an unsigned integer, 1 for a string (from 24.04 on; before that always 0, whatever
 * the request).
 */
export declare function request_correlation_id_type(request: i32): i32;

/** Bit 0: a sequence starts, bit 1: it ends. */
export declare function request_flags(request: i32): i32;

/** Microseconds; 0: none. */
export declare function request_timeout(request: i32): i64;

/** The client's parameters as text of a JSON object. */
export declare function request_parameters(request: i32, target: usize, capacity: i32): i32;

/** Number of inputs that the request brings. */
export declare function input_count(request: i32): i32;

/** Index of the input of that name; returns -1 for none. */
export declare function input_find(request: i32, name: usize, nameLength: i32): i32;

/** The input's name as text. */
export declare function input_name(request: i32, input: i32, target: usize, capacity: i32): i32;

/**
 * Number of the datatype as in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to 9 INT8
 * to INT64, 10 FP16, 11 FP32, 12 FP64, 13 BYTES, 14 BF16.
 */
export declare function input_datatype(request: i32, input: i32): i32;

/**
 * Number of dimensions; writes at most capacity of them, each a signed 64-bit number, to target.
 */
export declare function input_shape(request: i32, input: i32, target: usize, capacity: i32): i32;

/** Size of the data in bytes. */
export declare function input_byte_size(request: i32, input: i32): u32;

/** Copies bytes of the data from offset on to target: as many as there are, at most length. */
export declare function input_read(
  request: i32,
  input: i32,
  offset: u32,
  target: usize,
  length: i32,
): i32;

/** Number of outputs that the client wants. */
export declare function output_count(request: i32): i32;

/** Index of the requested output of that name; returns -1 when the client does not want it. */
export declare function output_find(request: i32, name: usize, nameLength: i32): i32;

/** The output's name as text. */
export declare function output_name(request: i32, output: i32, target: usize, capacity: i32): i32;

/**
 * Makes the output a tensor of byteSize bytes, which must be what rank signed 64-bit dimensions at
 * shape (none negative) and the datatype make; for BYTES any.
 */
export declare function output_create(
  request: i32,
  output: i32,
  datatype: i32,
  shape: usize,
  rank: i32,
  byteSize: i32,
): i32;

/** Copies bytes to the output's data from offset on. */
export declare function output_write(
  request: i32,
  output: i32,
  offset: u32,
  source: usize,
  length: i32,
): i32;

/** Makes the output equal to the input: datatype, shape, bytes. */
export declare function output_copy_input(request: i32, output: i32, input: i32): i32;

/** Makes the output a tensor of zero bytes; the datatype is one of a fixed size. */
export declare function output_zero(
  request: i32,
  output: i32,
  datatype: i32,
  shape: usize,
  rank: i32,
): i32;

/** Answers the request with an error; code as below. */
export declare function response_error(request: i32, code: i32, text: usize, length: i32): i32;

/** Sets a parameter of the response, a text. */
export declare function response_parameter_string(
  request: i32,
  key: usize,
  keyLength: i32,
  text: usize,
  length: i32,
): i32;

/** As before, an integer (i64). */
export declare function response_parameter_int(
  request: i32,
  key: usize,
  keyLength: i32,
  value: i64,
): i32;

/** As before, a boolean: 0 or another number. */
export declare function response_parameter_bool(
  request: i32,
  key: usize,
  keyLength: i32,
  value: i32,
): i32;

/** As before, a double (f64). */
export declare function response_parameter_double(
  request: i32,
  key: usize,
  keyLength: i32,
  value: f64,
): i32;
