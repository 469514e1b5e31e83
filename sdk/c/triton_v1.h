/* Generated from sdk/abi.json by scripts/abi.mjs: do not edit. */
/**
 * The host functions of the guest ABI triton_v1, which docs/guest-abi.md documents. A pointer and the number after it
 * describe a range of that many bytes (of a shape: dimensions). If the number is 0, the pointer may have any value. A
 * result of -1 means that the item does not exist or that a metric was refused; -2 means that the request has failed. A
 * function that writes a text writes at most capacity bytes of it and returns the length of the whole text.
 */
#ifndef TRITON_V1_H
#define TRITON_V1_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Most dimensions of an input that an SDK accepts; numpy has the same limit. An input with more is an error of its
 * request.
 */
#define TRITON_V1_RANK_MAX 64

/** Most bytes of a name that an SDK's error text quotes. A longer name is cut off after a whole character. */
#define TRITON_V1_QUOTED_NAME_MAX 256

/** Bytes of the fixed buffer in which some SDKs compose an error text or log line. Every text of the SDKs fits. */
#define TRITON_V1_MESSAGE_MAX 2048

#define TRITON_IMPORT(name) __attribute__((import_module("triton_v1"), import_name(#name))) extern

/** Writes the value of an argument with which the server initialised the instance. Returns -1 for an unknown key. */
TRITON_IMPORT(argument)
int32_t triton_v1_argument(const char *key, uint32_t key_length, char *target, uint32_t capacity);

/**
 * Writes the string value of a parameter of the model's configuration (parameters of config.pbtxt). Returns -1 if the
 * model does not have the parameter.
 */
TRITON_IMPORT(model_parameter)
int32_t triton_v1_model_parameter(const char *key, uint32_t key_length, char *target, uint32_t capacity);

/** Writes the model's name, from its configuration. */
TRITON_IMPORT(config_name)
int32_t triton_v1_config_name(char *target, uint32_t capacity);

/** Returns max_batch_size of the model's configuration; 0 if the model does not support batching. */
TRITON_IMPORT(config_max_batch_size)
int32_t triton_v1_config_max_batch_size(void);

/** Returns the number of inputs (side 0) or outputs (side 1) in the model's configuration. */
TRITON_IMPORT(config_tensor_count)
int32_t triton_v1_config_tensor_count(uint32_t side);

/** Returns the index of the configured input or output with that name, or -1 if the configuration does not have it. */
TRITON_IMPORT(config_tensor_find)
int32_t triton_v1_config_tensor_find(uint32_t side, const char *name, uint32_t name_length);

/** Writes the name of a configured input or output. */
TRITON_IMPORT(config_tensor_name)
int32_t triton_v1_config_tensor_name(uint32_t side, uint32_t index, char *target, uint32_t capacity);

/**
 * Returns the datatype of a configured input or output, as input_datatype does; 0 if the configuration does not set it.
 */
TRITON_IMPORT(config_tensor_datatype)
int32_t triton_v1_config_tensor_datatype(uint32_t side, uint32_t index);

/**
 * Returns the number of dimensions of a configured input or output, without the dimension of the batch. Writes at most
 * capacity dimensions to target, each as a signed 64-bit number; -1 is a dimension of any size.
 */
TRITON_IMPORT(config_tensor_shape)
int32_t triton_v1_config_tensor_shape(uint32_t side, uint32_t index, int64_t *target, uint32_t capacity);

/** Sets the completed configuration as JSON. The server checks it. Allowed only in triton_auto_complete. */
TRITON_IMPORT(set_model_config)
int32_t triton_v1_set_model_config(const char *text, uint32_t length);

/**
 * Returns the number of this instance among the instances of its model version, from 0, in the order of instance_group.
 */
TRITON_IMPORT(instance_ordinal)
int32_t triton_v1_instance_ordinal(void);

/** Returns the number of earlier guests of this instance. Each of them trapped or was stopped. */
TRITON_IMPORT(instance_restarts)
int32_t triton_v1_instance_restarts(void);

/** Sets the error text for the case that the running export returns a status other than 0. */
TRITON_IMPORT(fail)
int32_t triton_v1_fail(const char *text, uint32_t length);

/**
 * Writes the reason of the last refusal: why the host returned -1 for a metric or a file. The text is empty if nothing
 * was refused.
 */
TRITON_IMPORT(last_error)
int32_t triton_v1_last_error(char *target, uint32_t capacity);

/** Writes a line to the server's log. Levels: 0 info, 1 warning, 2 error, 3 verbose. */
TRITON_IMPORT(log)
int32_t triton_v1_log(uint32_t level, const char *text, uint32_t length);

/**
 * Returns 0 for the level verbose if the server was started without --log-verbose, and 1 otherwise. The result does not
 * change while the instance lives.
 */
TRITON_IMPORT(log_enabled)
int32_t triton_v1_log_enabled(uint32_t level);

/** Returns a time in nanoseconds. which 0: since 1970; 1: since an arbitrary moment, monotonic. */
TRITON_IMPORT(clock)
int64_t triton_v1_clock(uint32_t which);

/** Sleeps for milliseconds (unsigned 32 bits). */
TRITON_IMPORT(sleep)
int32_t triton_v1_sleep(uint32_t milliseconds);

/** Fills length bytes at target with secure random numbers of the system. */
TRITON_IMPORT(random)
int32_t triton_v1_random(void *target, uint32_t length);

/** Creates a metric on the server's /metrics and returns its number. Kinds: 0 counter, 1 gauge. */
TRITON_IMPORT(metric_new)
int32_t triton_v1_metric_new(
    uint32_t kind, const char *name, uint32_t name_length, const char *help, uint32_t help_length);

/** Adds by (f64, finite; for a counter not negative) to the metric. */
TRITON_IMPORT(metric_add)
int32_t triton_v1_metric_add(uint32_t metric, double by);

/** Sets a gauge to value (f64, finite). */
TRITON_IMPORT(metric_set)
int32_t triton_v1_metric_set(uint32_t metric, double value);

/**
 * Creates a metric of any kind with labels of the guest's choice, and returns its number. Kinds: 0 counter, 1 gauge, 2
 * histogram (Triton 24.08 and newer).
 */
TRITON_IMPORT(metric_create)
int32_t triton_v1_metric_create(
    uint32_t kind, const char *name, uint32_t name_length, const char *help, uint32_t help_length, const void *labels,
    uint32_t label_count, const double *buckets, uint32_t bucket_count);

/** Adds an observation (finite) to a histogram. The host sends each one after the batch, before the responses. */
TRITON_IMPORT(metric_observe)
int32_t triton_v1_metric_observe(uint32_t metric, double value);

/**
 * Writes the value of a counter or gauge as f64 to target: that of all instances, with all changes of this guest. It
 * costs an exchange with the server.
 */
TRITON_IMPORT(metric_value)
int32_t triton_v1_metric_value(uint32_t metric, double *target);

/**
 * Releases the metric. The server removes it when no other instance of the model version uses it. Its number refers to
 * nothing until another metric gets it.
 */
TRITON_IMPORT(metric_delete)
int32_t triton_v1_metric_delete(uint32_t metric);

/** Returns the number of files beside the model: those in the folder files of its version, and in folders below it. */
TRITON_IMPORT(file_count)
int32_t triton_v1_file_count(void);

/**
 * Writes the path of a file below the folder files, such as vocabulary.txt or en/words.txt. The files are in the order
 * of their paths.
 */
TRITON_IMPORT(file_name)
int32_t triton_v1_file_name(uint32_t file, char *target, uint32_t capacity);

/** Returns the size of the file with that path in bytes, or -1 if the model does not have it. */
TRITON_IMPORT(file_size)
int64_t triton_v1_file_size(const char *name, uint32_t name_length);

/** Copies at most length bytes of the file with that path, from offset (i64) on, to target. */
TRITON_IMPORT(file_read)
int32_t triton_v1_file_read(const char *name, uint32_t name_length, int64_t offset, void *target, uint32_t length);

/** Returns the number of requests in the batch. */
TRITON_IMPORT(request_count)
int32_t triton_v1_request_count(void);

/** Writes the request's id, which the client chose. */
TRITON_IMPORT(request_id)
int32_t triton_v1_request_id(uint32_t request, char *target, uint32_t capacity);

/** Writes the correlation id; a number in decimal digits. */
TRITON_IMPORT(request_correlation_id)
int32_t triton_v1_request_correlation_id(uint32_t request, char *target, uint32_t capacity);

/** Returns 0 if the correlation id is an unsigned integer, 1 if it is a string. Before 24.04 it always returns 0. */
TRITON_IMPORT(request_correlation_id_type)
int32_t triton_v1_request_correlation_id_type(uint32_t request);

/** Returns flags. Bit 0: the request starts a sequence; bit 1: it ends one. */
TRITON_IMPORT(request_flags)
int32_t triton_v1_request_flags(uint32_t request);

/** Returns the request's time-out in microseconds, or 0 if it has none. */
TRITON_IMPORT(request_timeout)
int64_t triton_v1_request_timeout(uint32_t request);

/** Writes a JSON object with the client's parameters. */
TRITON_IMPORT(request_parameters)
int32_t triton_v1_request_parameters(uint32_t request, char *target, uint32_t capacity);

/**
 * Returns the type of one of the client's parameters: 0 if the request does not have it, 1 string, 2 integer, 3 bool, 4
 * double. Before 24.02 no release transports doubles.
 */
TRITON_IMPORT(request_parameter_type)
int32_t triton_v1_request_parameter_type(uint32_t request, const char *key, uint32_t key_length);

/**
 * Writes the value of one of the client's parameters as text: a string as it is, an integer in decimal digits, a bool
 * as true or false, a double as a JSON number. Returns -1 if the request does not have the parameter.
 */
TRITON_IMPORT(request_parameter)
int32_t triton_v1_request_parameter(
    uint32_t request, const char *key, uint32_t key_length, char *target, uint32_t capacity);

/** Returns the value of an integer parameter of the client; of a bool 1 or 0; 0 for any other. */
TRITON_IMPORT(request_parameter_int)
int64_t triton_v1_request_parameter_int(uint32_t request, const char *key, uint32_t key_length);

/** Returns the value of a double or integer parameter of the client as a double; 0 for any other. */
TRITON_IMPORT(request_parameter_double)
double triton_v1_request_parameter_double(uint32_t request, const char *key, uint32_t key_length);

/** Returns the number of inputs in the request. */
TRITON_IMPORT(input_count)
int32_t triton_v1_input_count(uint32_t request);

/** Returns the index of the input with that name, or -1 if the request does not have it. */
TRITON_IMPORT(input_find)
int32_t triton_v1_input_find(uint32_t request, const char *name, uint32_t name_length);

/** Writes the input's name. */
TRITON_IMPORT(input_name)
int32_t triton_v1_input_name(uint32_t request, uint32_t input, char *target, uint32_t capacity);

/**
 * Returns the datatype's number in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to 9 INT8 to INT64, 10
 * FP16, 11 FP32, 12 FP64, 13 BYTES, 14 BF16.
 */
TRITON_IMPORT(input_datatype)
int32_t triton_v1_input_datatype(uint32_t request, uint32_t input);

/** Returns the number of dimensions. Writes at most capacity dimensions to target, each as a signed 64-bit number. */
TRITON_IMPORT(input_shape)
int32_t triton_v1_input_shape(uint32_t request, uint32_t input, int64_t *target, uint32_t capacity);

/** Returns the size of the data in bytes. */
TRITON_IMPORT(input_byte_size)
int32_t triton_v1_input_byte_size(uint32_t request, uint32_t input);

/** Copies at most length bytes of the data, from offset on, to target. */
TRITON_IMPORT(input_read)
int32_t triton_v1_input_read(uint32_t request, uint32_t input, uint32_t offset, void *target, uint32_t length);

/** Returns the number of outputs that the client requests. */
TRITON_IMPORT(output_count)
int32_t triton_v1_output_count(uint32_t request);

/** Returns the index of the requested output with that name, or -1 if the client does not request it. */
TRITON_IMPORT(output_find)
int32_t triton_v1_output_find(uint32_t request, const char *name, uint32_t name_length);

/** Writes the output's name. */
TRITON_IMPORT(output_name)
int32_t triton_v1_output_name(uint32_t request, uint32_t output, char *target, uint32_t capacity);

/**
 * Creates the output as a tensor of byteSize bytes. shape points to rank signed 64-bit dimensions, none of them
 * negative.
 */
TRITON_IMPORT(output_create)
int32_t triton_v1_output_create(
    uint32_t request, uint32_t output, uint32_t datatype, const int64_t *shape, uint32_t rank, uint32_t byte_size);

/** Copies length bytes at source to the output's data, from offset on. */
TRITON_IMPORT(output_write)
int32_t triton_v1_output_write(uint32_t request, uint32_t output, uint32_t offset, const void *source, uint32_t length);

/** Creates the output with the datatype, the shape and the bytes of the input. */
TRITON_IMPORT(output_copy_input)
int32_t triton_v1_output_copy_input(uint32_t request, uint32_t output, uint32_t input);

/** Creates the output as a tensor whose bytes are all zero. The datatype must have elements of a fixed size. */
TRITON_IMPORT(output_zero)
int32_t triton_v1_output_zero(
    uint32_t request, uint32_t output, uint32_t datatype, const int64_t *shape, uint32_t rank);

/** Answers the request with an error. */
TRITON_IMPORT(response_error)
int32_t triton_v1_response_error(uint32_t request, uint32_t code, const char *text, uint32_t length);

/** Sets a text parameter of the response. */
TRITON_IMPORT(response_parameter_string)
int32_t triton_v1_response_parameter_string(
    uint32_t request, const char *key, uint32_t key_length, const char *text, uint32_t length);

/** Sets an integer parameter of the response (i64). */
TRITON_IMPORT(response_parameter_int)
int32_t triton_v1_response_parameter_int(uint32_t request, const char *key, uint32_t key_length, int64_t value);

/** Sets a boolean parameter of the response. 0 is false; any other number is true. */
TRITON_IMPORT(response_parameter_bool)
int32_t triton_v1_response_parameter_bool(uint32_t request, const char *key, uint32_t key_length, int32_t value);

/** Sets a double parameter of the response (f64), which the host drops on every release. */
TRITON_IMPORT(response_parameter_double)
int32_t triton_v1_response_parameter_double(uint32_t request, const char *key, uint32_t key_length, double value);

/**
 * Sends the outputs, the parameters or the error that the guest has set, as one response that is not the last.
 * Afterwards the response of the request is empty again.
 */
TRITON_IMPORT(response_send)
int32_t triton_v1_response_send(uint32_t request);

/**
 * Sends what the guest has set as the last response. If it has set nothing, the server only learns that the responses
 * before were all.
 */
TRITON_IMPORT(response_finish)
int32_t triton_v1_response_finish(uint32_t request);

/**
 * Keeps the request open after triton_execute has returned. Returns a handle, a number from 1,073,741,824 on, which
 * replaces the index in all functions of the request until it is finished. Returns -1 if the instance already has as
 * many open requests as it may have.
 */
TRITON_IMPORT(request_keep)
int32_t triton_v1_request_keep(uint32_t request);

/**
 * Returns 1 if the client has cancelled the request, and 0 otherwise. Each call asks the server, until the result is 1
 * or the request is finished.
 */
TRITON_IMPORT(request_is_cancelled)
int32_t triton_v1_request_is_cancelled(uint32_t request);

/**
 * Lets the server execute the request once more, as part of a later batch, and answers it with nothing now. For models
 * with sequence_batching { iterative_sequence: true }, from 23.11 on. Returns 0, or -1 if this release does not have
 * it.
 */
TRITON_IMPORT(request_reschedule)
int32_t triton_v1_request_reschedule(uint32_t request);

/**
 * Asks for a call of triton_poll after milliseconds. The earliest time counts that was asked for since the last call of
 * triton_poll, which the module must export. Returns 0.
 */
TRITON_IMPORT(poll_after)
int32_t triton_v1_poll_after(uint32_t milliseconds);

/**
 * Lets the server load a model of its repository, in the mode of explicit model control. config is a configuration as
 * JSON that replaces the one in the repository; without a text the server reads its own.
 */
TRITON_IMPORT(model_load)
int32_t triton_v1_model_load(const char *name, uint32_t name_length, const char *config, uint32_t config_length);

/** Lets the server unload a model; with dependents, also the models of an ensemble that no other one uses. */
TRITON_IMPORT(model_unload)
int32_t triton_v1_model_unload(const char *name, uint32_t name_length, int32_t dependents);

/** Returns 1 if a version of a model is ready, and 0 otherwise. Version -1 is the latest. */
TRITON_IMPORT(model_is_ready)
int32_t triton_v1_model_is_ready(const char *name, uint32_t name_length, int64_t version);

/** Creates a call of another model and returns its number. Version -1 is the latest. */
TRITON_IMPORT(call_create)
int32_t triton_v1_call_create(const char *model, uint32_t length, int64_t version);

/** Adds an input to a call and copies its bytes. */
TRITON_IMPORT(call_input)
int32_t triton_v1_call_input(
    uint32_t call, const char *name, uint32_t name_length, uint32_t datatype, const int64_t *shape, uint32_t rank,
    const void *source, uint32_t length);

/** Adds an input to a call with the datatype, shape and bytes of an input of a request. No byte is copied. */
TRITON_IMPORT(call_input_from)
int32_t triton_v1_call_input_from(
    uint32_t call, const char *name, uint32_t name_length, uint32_t request, uint32_t input);

/**
 * Adds an input to a call with the datatype, shape and bytes of an output of the current response of another call. No
 * byte is copied.
 */
TRITON_IMPORT(call_input_from_call)
int32_t triton_v1_call_input_from_call(
    uint32_t call, const char *name, uint32_t name_length, uint32_t source, uint32_t output);

/** Asks for an output of the called model. Without any such request, the model sends all its outputs. */
TRITON_IMPORT(call_output)
int32_t triton_v1_call_output(uint32_t call, const char *name, uint32_t length);

/** Sets a text parameter of a call's request. */
TRITON_IMPORT(call_parameter_string)
int32_t triton_v1_call_parameter_string(
    uint32_t call, const char *key, uint32_t key_length, const char *text, uint32_t length);

/** Sets an integer parameter of a call's request (i64). */
TRITON_IMPORT(call_parameter_int)
int32_t triton_v1_call_parameter_int(uint32_t call, const char *key, uint32_t key_length, int64_t value);

/** Sets a boolean parameter of a call's request. 0 is false; any other number is true. */
TRITON_IMPORT(call_parameter_bool)
int32_t triton_v1_call_parameter_bool(uint32_t call, const char *key, uint32_t key_length, int32_t value);

/** Sets the id of a call's request. The default is an empty text. */
TRITON_IMPORT(call_request_id)
int32_t triton_v1_call_request_id(uint32_t call, const char *text, uint32_t length);

/** Sets the correlation id of a call's request to a number, which is unsigned. */
TRITON_IMPORT(call_correlation_id)
int32_t triton_v1_call_correlation_id(uint32_t call, int64_t id);

/** Sets the correlation id of a call's request to a text, in 24.04 and later. */
TRITON_IMPORT(call_correlation_id_string)
int32_t triton_v1_call_correlation_id_string(uint32_t call, const char *text, uint32_t length);

/** Sets the flags of a call's request. Bit 0: a sequence starts. Bit 1: it ends. */
TRITON_IMPORT(call_flags)
int32_t triton_v1_call_flags(uint32_t call, uint32_t flags);

/**
 * Sets the time-out of a call's request in microseconds, which the scheduler of the called model applies to the time in
 * its queue. 0 stands for no time-out.
 */
TRITON_IMPORT(call_timeout)
int32_t triton_v1_call_timeout(uint32_t call, int64_t microseconds);

/** Makes a call a part of the trace of a request. */
TRITON_IMPORT(call_trace_from)
int32_t triton_v1_call_trace_from(uint32_t call, uint32_t request);

/** Sends a call to the server. streams must not be 0 if the called model is decoupled. */
TRITON_IMPORT(call_send)
int32_t triton_v1_call_send(uint32_t call, int32_t streams);

/**
 * Waits up to milliseconds for the next response to a call, which then is the current response. The response before it
 * is freed.
 */
TRITON_IMPORT(call_wait)
int32_t triton_v1_call_wait(uint32_t call, uint32_t milliseconds);

/**
 * Waits up to milliseconds until a call has a response that call_wait has not returned, and returns the number of that
 * call.
 */
TRITON_IMPORT(call_wait_any)
int32_t triton_v1_call_wait_any(uint32_t milliseconds);

/** Asks the server to cancel a call with a stream of responses. The stream ends with an error then. */
TRITON_IMPORT(call_cancel)
int32_t triton_v1_call_cancel(uint32_t call);

/** Closes a call and frees its responses. Responses that come later are dropped. */
TRITON_IMPORT(call_close)
int32_t triton_v1_call_close(uint32_t call);

/** Returns the error code of the current response, or -1 if it is not an error. */
TRITON_IMPORT(call_error_code)
int32_t triton_v1_call_error_code(uint32_t call);

/** Writes the error text of the current response. Returns -1 if the response is not an error. */
TRITON_IMPORT(call_error)
int32_t triton_v1_call_error(uint32_t call, char *target, uint32_t capacity);

/**
 * Writes the parameters of the current response as text of a JSON object. The text is empty before 25.02, and for a
 * response without parameters.
 */
TRITON_IMPORT(call_response_parameters)
int32_t triton_v1_call_response_parameters(uint32_t call, char *target, uint32_t capacity);

/** Returns the number of outputs of the current response. */
TRITON_IMPORT(call_output_count)
int32_t triton_v1_call_output_count(uint32_t call);

/** Returns the index of the output of the current response with this name, or -1. */
TRITON_IMPORT(call_output_find)
int32_t triton_v1_call_output_find(uint32_t call, const char *name, uint32_t length);

/** Writes the name of an output. */
TRITON_IMPORT(call_output_name)
int32_t triton_v1_call_output_name(uint32_t call, uint32_t output, char *target, uint32_t capacity);

/** Returns the datatype of an output as a number of TRITONSERVER_DataType. */
TRITON_IMPORT(call_output_datatype)
int32_t triton_v1_call_output_datatype(uint32_t call, uint32_t output);

/**
 * Returns the number of dimensions of an output. Writes at most capacity dimensions to target, each as a signed 64-bit
 * number.
 */
TRITON_IMPORT(call_output_shape)
int32_t triton_v1_call_output_shape(uint32_t call, uint32_t output, int64_t *target, uint32_t capacity);

/** Returns the size of an output's data in bytes. */
TRITON_IMPORT(call_output_byte_size)
int32_t triton_v1_call_output_byte_size(uint32_t call, uint32_t output);

/** Copies up to length bytes of an output's data, from offset on, to target. */
TRITON_IMPORT(call_output_read)
int32_t triton_v1_call_output_read(uint32_t call, uint32_t output, uint32_t offset, void *target, uint32_t length);

/**
 * Creates an output of a request with the datatype, shape and bytes of an output of the current response of a call. No
 * byte is copied.
 */
TRITON_IMPORT(output_forward)
int32_t triton_v1_output_forward(uint32_t request, uint32_t output, uint32_t call, uint32_t call_output);

#ifdef __cplusplus
}
#endif

#endif
