// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.
/**
 * The host functions of the guest ABI triton_v1, which docs/guest-abi.md documents. This file's
 * name is the namespace of the imports. A pointer and the number after it describe a range of that
 * many bytes (of a shape: dimensions). If the number is 0, the pointer may have any value. A result
 * of -1 means that the item does not exist or that a metric was refused; -2 means that the request
 * has failed. A function that writes a text writes at most capacity bytes of it and returns the
 * length of the whole text.
 */

/**
 * Most dimensions of an input that an SDK accepts; numpy has the same limit. An input with more is
 * an error of its request.
 */
export const RANK_MAX: i32 = 64;

/**
 * Most bytes of a name that an SDK's error text quotes. A longer name is cut off after a whole
 * character.
 */
export const QUOTED_NAME_MAX: i32 = 256;

/**
 * Bytes of the fixed buffer in which some SDKs compose an error text or log line. Every text of the
 * SDKs fits.
 */
export const MESSAGE_MAX: i32 = 2048;

/**
 * Writes the value of an argument with which the server initialised the instance. Returns -1 for an
 * unknown key.
 */
export declare function argument(key: usize, keyLength: i32, target: usize, capacity: i32): i32;

/**
 * Writes the string value of a parameter of the model's configuration (parameters of config.pbtxt).
 * Returns -1 if the model does not have the parameter.
 */
export declare function model_parameter(
  key: usize,
  keyLength: i32,
  target: usize,
  capacity: i32,
): i32;

/** Writes the model's name, from its configuration. */
export declare function config_name(target: usize, capacity: i32): i32;

/**
 * Returns max_batch_size of the model's configuration; 0 if the model does not support batching.
 */
export declare function config_max_batch_size(): i32;

/** Returns the number of inputs (side 0) or outputs (side 1) in the model's configuration. */
export declare function config_tensor_count(side: i32): i32;

/**
 * Returns the index of the configured input or output with that name, or -1 if the configuration
 * does not have it.
 */
export declare function config_tensor_find(side: i32, name: usize, nameLength: i32): i32;

/** Writes the name of a configured input or output. */
export declare function config_tensor_name(
  side: i32,
  index: i32,
  target: usize,
  capacity: i32,
): i32;

/**
 * Returns the datatype of a configured input or output, as input_datatype does; 0 if the
 * configuration does not set it.
 */
export declare function config_tensor_datatype(side: i32, index: i32): i32;

/**
 * Returns the number of dimensions of a configured input or output, without the dimension of the
 * batch. Writes at most capacity dimensions to target, each as a signed 64-bit number; -1 is a
 * dimension of any size.
 */
export declare function config_tensor_shape(
  side: i32,
  index: i32,
  target: usize,
  capacity: i32,
): i32;

/**
 * Sets the completed configuration as JSON. The server checks it. Allowed only in
 * triton_auto_complete.
 */
export declare function set_model_config(text: usize, length: i32): i32;

/**
 * Returns the number of this instance among the instances of its model version, from 0, in the
 * order of instance_group.
 */
export declare function instance_ordinal(): i32;

/** Returns the number of earlier guests of this instance. Each of them trapped or was stopped. */
export declare function instance_restarts(): i32;

/** Sets the error text for the case that the running export returns a status other than 0. */
export declare function fail(text: usize, length: i32): i32;

/**
 * Writes the reason of the last refusal: why the host returned -1 for a metric or a file. The text
 * is empty if nothing was refused.
 */
export declare function last_error(target: usize, capacity: i32): i32;

/** Writes a line to the server's log. Levels: 0 info, 1 warning, 2 error, 3 verbose. */
export declare function log(level: i32, text: usize, length: i32): i32;

/**
 * Returns 0 for the level verbose if the server was started without --log-verbose, and 1 otherwise.
 * The result does not change while the instance lives.
 */
export declare function log_enabled(level: i32): i32;

/** Returns a time in nanoseconds. which 0: since 1970; 1: since an arbitrary moment, monotonic. */
export declare function clock(which: i32): i64;

/** Sleeps for milliseconds (unsigned 32 bits). */
export declare function sleep(milliseconds: u32): i32;

/** Fills length bytes at target with secure random numbers of the system. */
export declare function random(target: usize, length: i32): i32;

/** Creates a metric on the server's /metrics and returns its number. Kinds: 0 counter, 1 gauge. */
export declare function metric_new(
  kind: i32,
  name: usize,
  nameLength: i32,
  help: usize,
  helpLength: i32,
): i32;

/** Adds by (f64, finite; for a counter not negative) to the metric. */
export declare function metric_add(metric: i32, by: f64): i32;

/** Sets a gauge to value (f64, finite). */
export declare function metric_set(metric: i32, value: f64): i32;

/**
 * Creates a metric of any kind with labels of the guest's choice, and returns its number. Kinds: 0
 * counter, 1 gauge, 2 histogram (Triton 24.08 and newer).
 */
export declare function metric_create(
  kind: i32,
  name: usize,
  nameLength: i32,
  help: usize,
  helpLength: i32,
  labels: usize,
  labelCount: i32,
  buckets: usize,
  bucketCount: i32,
): i32;

/**
 * Adds an observation (finite) to a histogram. The host sends each one after the batch, before the
 * responses.
 */
export declare function metric_observe(metric: i32, value: f64): i32;

/**
 * Writes the value of a counter or gauge as f64 to target: that of all instances, with all changes
 * of this guest. It costs an exchange with the server.
 */
export declare function metric_value(metric: i32, target: usize): i32;

/**
 * Releases the metric. The server removes it when no other instance of the model version uses it.
 * Its number refers to nothing until another metric gets it.
 */
export declare function metric_delete(metric: i32): i32;

/**
 * Returns the number of files beside the model: those in the folder files of its version, and in
 * folders below it.
 */
export declare function file_count(): i32;

/**
 * Writes the path of a file below the folder files, such as vocabulary.txt or en/words.txt. The
 * files are in the order of their paths.
 */
export declare function file_name(file: i32, target: usize, capacity: i32): i32;

/** Returns the size of the file with that path in bytes, or -1 if the model does not have it. */
export declare function file_size(name: usize, nameLength: i32): i64;

/** Copies at most length bytes of the file with that path, from offset (i64) on, to target. */
export declare function file_read(
  name: usize,
  nameLength: i32,
  offset: i64,
  target: usize,
  length: i32,
): i32;

/** Returns the number of requests in the batch. */
export declare function request_count(): i32;

/** Writes the request's id, which the client chose. */
export declare function request_id(request: i32, target: usize, capacity: i32): i32;

/** Writes the correlation id; a number in decimal digits. */
export declare function request_correlation_id(request: i32, target: usize, capacity: i32): i32;

/**
 * Returns 0 if the correlation id is an unsigned integer, 1 if it is a string. Before 24.04 it
 * always returns 0.
 */
export declare function request_correlation_id_type(request: i32): i32;

/** Returns flags. Bit 0: the request starts a sequence; bit 1: it ends one. */
export declare function request_flags(request: i32): i32;

/** Returns the request's time-out in microseconds, or 0 if it has none. */
export declare function request_timeout(request: i32): i64;

/** Writes a JSON object with the client's parameters. */
export declare function request_parameters(request: i32, target: usize, capacity: i32): i32;

/**
 * Returns the type of one of the client's parameters: 0 if the request does not have it, 1 string,
 * 2 integer, 3 bool, 4 double. Before 24.02 no release transports doubles.
 */
export declare function request_parameter_type(request: i32, key: usize, keyLength: i32): i32;

/**
 * Writes the value of one of the client's parameters as text: a string as it is, an integer in
 * decimal digits, a bool as true or false, a double as a JSON number. Returns -1 if the request
 * does not have the parameter.
 */
export declare function request_parameter(
  request: i32,
  key: usize,
  keyLength: i32,
  target: usize,
  capacity: i32,
): i32;

/** Returns the value of an integer parameter of the client; of a bool 1 or 0; 0 for any other. */
export declare function request_parameter_int(request: i32, key: usize, keyLength: i32): i64;

/**
 * Returns the value of a double or integer parameter of the client as a double; 0 for any other.
 */
export declare function request_parameter_double(request: i32, key: usize, keyLength: i32): f64;

/** Returns the number of inputs in the request. */
export declare function input_count(request: i32): i32;

/** Returns the index of the input with that name, or -1 if the request does not have it. */
export declare function input_find(request: i32, name: usize, nameLength: i32): i32;

/** Writes the input's name. */
export declare function input_name(request: i32, input: i32, target: usize, capacity: i32): i32;

/**
 * Returns the datatype's number in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to 9
 * INT8 to INT64, 10 FP16, 11 FP32, 12 FP64, 13 BYTES, 14 BF16.
 */
export declare function input_datatype(request: i32, input: i32): i32;

/**
 * Returns the number of dimensions. Writes at most capacity dimensions to target, each as a signed
 * 64-bit number.
 */
export declare function input_shape(request: i32, input: i32, target: usize, capacity: i32): i32;

/** Returns the size of the data in bytes. */
export declare function input_byte_size(request: i32, input: i32): u32;

/** Copies at most length bytes of the data, from offset on, to target. */
export declare function input_read(
  request: i32,
  input: i32,
  offset: u32,
  target: usize,
  length: i32,
): i32;

/** Returns the number of outputs that the client requests. */
export declare function output_count(request: i32): i32;

/**
 * Returns the index of the requested output with that name, or -1 if the client does not request
 * it.
 */
export declare function output_find(request: i32, name: usize, nameLength: i32): i32;

/** Writes the output's name. */
export declare function output_name(request: i32, output: i32, target: usize, capacity: i32): i32;

/**
 * Creates the output as a tensor of byteSize bytes. shape points to rank signed 64-bit dimensions,
 * none of them negative.
 */
export declare function output_create(
  request: i32,
  output: i32,
  datatype: i32,
  shape: usize,
  rank: i32,
  byteSize: i32,
): i32;

/** Copies length bytes at source to the output's data, from offset on. */
export declare function output_write(
  request: i32,
  output: i32,
  offset: u32,
  source: usize,
  length: i32,
): i32;

/** Creates the output with the datatype, the shape and the bytes of the input. */
export declare function output_copy_input(request: i32, output: i32, input: i32): i32;

/**
 * Creates the output as a tensor whose bytes are all zero. The datatype must have elements of a
 * fixed size.
 */
export declare function output_zero(
  request: i32,
  output: i32,
  datatype: i32,
  shape: usize,
  rank: i32,
): i32;

/** Answers the request with an error. */
export declare function response_error(request: i32, code: i32, text: usize, length: i32): i32;

/** Sets a text parameter of the response. */
export declare function response_parameter_string(
  request: i32,
  key: usize,
  keyLength: i32,
  text: usize,
  length: i32,
): i32;

/** Sets an integer parameter of the response (i64). */
export declare function response_parameter_int(
  request: i32,
  key: usize,
  keyLength: i32,
  value: i64,
): i32;

/** Sets a boolean parameter of the response. 0 is false; any other number is true. */
export declare function response_parameter_bool(
  request: i32,
  key: usize,
  keyLength: i32,
  value: i32,
): i32;

/** Sets a double parameter of the response (f64), which the host drops on every release. */
export declare function response_parameter_double(
  request: i32,
  key: usize,
  keyLength: i32,
  value: f64,
): i32;

/**
 * Sends the outputs, the parameters or the error that the guest has set, as one response that is
 * not the last. Afterwards the response of the request is empty again.
 */
export declare function response_send(request: i32): i32;

/**
 * Sends what the guest has set as the last response. If it has set nothing, the server only learns
 * that the responses before were all.
 */
export declare function response_finish(request: i32): i32;

/**
 * Keeps the request open after triton_execute has returned. Returns a handle, a number from
 * 1,073,741,824 on, which replaces the index in all functions of the request until it is finished.
 * Returns -1 if the instance already has as many open requests as it may have.
 */
export declare function request_keep(request: i32): i32;

/**
 * Returns 1 if the client has cancelled the request, and 0 otherwise. Each call asks the server,
 * until the result is 1 or the request is finished.
 */
export declare function request_is_cancelled(request: i32): i32;

/**
 * Lets the server execute the request once more, as part of a later batch, and answers it with
 * nothing now. For models with sequence_batching { iterative_sequence: true }, from 23.11 on.
 * Returns 0, or -1 if this release does not have it.
 */
export declare function request_reschedule(request: i32): i32;

/**
 * Asks for a call of triton_poll after milliseconds. The earliest time counts that was asked for
 * since the last call of triton_poll, which the module must export. Returns 0.
 */
export declare function poll_after(milliseconds: u32): i32;

/**
 * Lets the server load a model of its repository, in the mode of explicit model control. config is
 * a configuration as JSON that replaces the one in the repository; without a text the server reads
 * its own.
 */
export declare function model_load(
  name: usize,
  nameLength: i32,
  config: usize,
  configLength: i32,
): i32;

/**
 * Lets the server unload a model; with dependents, also the models of an ensemble that no other one
 * uses.
 */
export declare function model_unload(name: usize, nameLength: i32, dependents: i32): i32;

/** Returns 1 if a version of a model is ready, and 0 otherwise. Version -1 is the latest. */
export declare function model_is_ready(name: usize, nameLength: i32, version: i64): i32;

/** Creates a call of another model and returns its number. Version -1 is the latest. */
export declare function call_create(model: usize, length: i32, version: i64): i32;

/** Adds an input to a call and copies its bytes. */
export declare function call_input(
  call: i32,
  name: usize,
  nameLength: i32,
  datatype: i32,
  shape: usize,
  rank: i32,
  source: usize,
  length: i32,
): i32;

/**
 * Adds an input to a call with the datatype, shape and bytes of an input of a request. No byte is
 * copied.
 */
export declare function call_input_from(
  call: i32,
  name: usize,
  nameLength: i32,
  request: i32,
  input: i32,
): i32;

/**
 * Adds an input to a call with the datatype, shape and bytes of an output of the current response
 * of another call. No byte is copied.
 */
export declare function call_input_from_call(
  call: i32,
  name: usize,
  nameLength: i32,
  source: i32,
  output: i32,
): i32;

/**
 * Asks for an output of the called model. Without any such request, the model sends all its
 * outputs.
 */
export declare function call_output(call: i32, name: usize, length: i32): i32;

/** Sets a text parameter of a call's request. */
export declare function call_parameter_string(
  call: i32,
  key: usize,
  keyLength: i32,
  text: usize,
  length: i32,
): i32;

/** Sets an integer parameter of a call's request (i64). */
export declare function call_parameter_int(call: i32, key: usize, keyLength: i32, value: i64): i32;

/** Sets a boolean parameter of a call's request. 0 is false; any other number is true. */
export declare function call_parameter_bool(call: i32, key: usize, keyLength: i32, value: i32): i32;

/** Sets the id of a call's request. The default is an empty text. */
export declare function call_request_id(call: i32, text: usize, length: i32): i32;

/** Sets the correlation id of a call's request to a number, which is unsigned. */
export declare function call_correlation_id(call: i32, id: i64): i32;

/** Sets the correlation id of a call's request to a text, in 24.04 and later. */
export declare function call_correlation_id_string(call: i32, text: usize, length: i32): i32;

/** Sets the flags of a call's request. Bit 0: a sequence starts. Bit 1: it ends. */
export declare function call_flags(call: i32, flags: u32): i32;

/**
 * Sets the time-out of a call's request in microseconds, which the scheduler of the called model
 * applies to the time in its queue. 0 stands for no time-out.
 */
export declare function call_timeout(call: i32, microseconds: i64): i32;

/** Makes a call a part of the trace of a request. */
export declare function call_trace_from(call: i32, request: i32): i32;

/** Sends a call to the server. streams must not be 0 if the called model is decoupled. */
export declare function call_send(call: i32, streams: i32): i32;

/**
 * Waits up to milliseconds for the next response to a call, which then is the current response. The
 * response before it is freed.
 */
export declare function call_wait(call: i32, milliseconds: u32): i32;

/**
 * Waits up to milliseconds until a call has a response that call_wait has not returned, and returns
 * the number of that call.
 */
export declare function call_wait_any(milliseconds: u32): i32;

/**
 * Asks the server to cancel a call with a stream of responses. The stream ends with an error then.
 */
export declare function call_cancel(call: i32): i32;

/** Closes a call and frees its responses. Responses that come later are dropped. */
export declare function call_close(call: i32): i32;

/** Returns the error code of the current response, or -1 if it is not an error. */
export declare function call_error_code(call: i32): i32;

/** Writes the error text of the current response. Returns -1 if the response is not an error. */
export declare function call_error(call: i32, target: usize, capacity: i32): i32;

/**
 * Writes the parameters of the current response as text of a JSON object. The text is empty before
 * 25.02, and for a response without parameters.
 */
export declare function call_response_parameters(call: i32, target: usize, capacity: i32): i32;

/** Returns the number of outputs of the current response. */
export declare function call_output_count(call: i32): i32;

/** Returns the index of the output of the current response with this name, or -1. */
export declare function call_output_find(call: i32, name: usize, length: i32): i32;

/** Writes the name of an output. */
export declare function call_output_name(call: i32, output: i32, target: usize, capacity: i32): i32;

/** Returns the datatype of an output as a number of TRITONSERVER_DataType. */
export declare function call_output_datatype(call: i32, output: i32): i32;

/**
 * Returns the number of dimensions of an output. Writes at most capacity dimensions to target, each
 * as a signed 64-bit number.
 */
export declare function call_output_shape(
  call: i32,
  output: i32,
  target: usize,
  capacity: i32,
): i32;

/** Returns the size of an output's data in bytes. */
export declare function call_output_byte_size(call: i32, output: i32): u32;

/** Copies up to length bytes of an output's data, from offset on, to target. */
export declare function call_output_read(
  call: i32,
  output: i32,
  offset: u32,
  target: usize,
  length: i32,
): i32;

/**
 * Creates an output of a request with the datatype, shape and bytes of an output of the current
 * response of a call. No byte is copied.
 */
export declare function output_forward(request: i32, output: i32, call: i32, callOutput: i32): i32;
