/* Generated from sdk/abi.json by scripts/abi.mjs: do not edit. */
/**
 * The host's functions of the guest ABI triton_v1 as docs/guest-abi.md lists them. A pointer and the number behind it
 * stand for that many bytes (of a shape: dimensions); where there are none, the pointer may be any. A result of -1 says
 * that there is no such thing, -2 that the request has failed.
 */
#ifndef TRITON_V1_H
#define TRITON_V1_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Dimensions of an input that an SDK takes: numpy makes no array with more. More are an error of the request. */
#define TRITON_V1_RANK_MAX 64

/** Bytes of a name that an SDK's error text quotes; a longer name is cut off at a whole character. */
#define TRITON_V1_QUOTED_NAME_MAX 256

/**
 * Bytes of an error text or log line where a language puts it together in a fixed buffer: room for every text of the
 * SDKs.
 */
#define TRITON_V1_MESSAGE_MAX 2048

#define TRITON_IMPORT(name) __attribute__((import_module("triton_v1"), import_name(#name))) extern

/** Text of what the server said when it initialised the instance; returns -1 for an unknown key. */
TRITON_IMPORT(argument)
int32_t triton_v1_argument(const char *key, uint32_t key_length, char *target, uint32_t capacity);

/** Sets the completed configuration as JSON, which the server checks; only in triton_auto_complete. */
TRITON_IMPORT(set_model_config)
int32_t triton_v1_set_model_config(const char *text, uint32_t length);

/** Place of this instance among those of its model version, from 0, in the order of instance_group. */
TRITON_IMPORT(instance_ordinal)
int32_t triton_v1_instance_ordinal(void);

/** Number of guests of this instance before this one, which trapped or were stopped. */
TRITON_IMPORT(instance_restarts)
int32_t triton_v1_instance_restarts(void);

/** Says why the export that runs now is about to return another status than 0. */
TRITON_IMPORT(fail)
int32_t triton_v1_fail(const char *text, uint32_t length);

/** Text of why the host refused something last, in a call that returned -1 for that reason; empty before. */
TRITON_IMPORT(last_error)
int32_t triton_v1_last_error(char *target, uint32_t capacity);

/** Writes a line to the server's log; level 0 info, 1 warning, 2 error, 3 verbose. */
TRITON_IMPORT(log)
int32_t triton_v1_log(uint32_t level, const char *text, uint32_t length);

/**
 * Returns 1, or 0 for verbose when the server was not started with --log-verbose; the same as long as the instance
 * lives.
 */
TRITON_IMPORT(log_enabled)
int32_t triton_v1_log_enabled(uint32_t level);

/** Nanoseconds; which 0: since 1970, 1: monotonic since some moment. */
TRITON_IMPORT(clock)
int64_t triton_v1_clock(uint32_t which);

/** Sleeps for so many milliseconds (unsigned 32 bits). */
TRITON_IMPORT(sleep)
int32_t triton_v1_sleep(uint32_t milliseconds);

/** Fills the range with the system's secure random numbers. */
TRITON_IMPORT(random)
int32_t triton_v1_random(void *target, uint32_t length);

/** Returns a number that stands for a metric on the server's /metrics; kind 0 counter, 1 gauge. */
TRITON_IMPORT(metric_new)
int32_t triton_v1_metric_new(
    uint32_t kind, const char *name, uint32_t name_length, const char *help, uint32_t help_length);

/** Adds by (f64, finite; for a counter not negative). */
TRITON_IMPORT(metric_add)
int32_t triton_v1_metric_add(uint32_t metric, double by);

/** Sets a gauge (f64, finite), in the same way. */
TRITON_IMPORT(metric_set)
int32_t triton_v1_metric_set(uint32_t metric, double value);

/** Number of requests in the batch. */
TRITON_IMPORT(request_count)
int32_t triton_v1_request_count(void);

/** Text of the client's id. */
TRITON_IMPORT(request_id)
int32_t triton_v1_request_id(uint32_t request, char *target, uint32_t capacity);

/** Correlation id as text. */
TRITON_IMPORT(request_correlation_id)
int32_t triton_v1_request_correlation_id(uint32_t request, char *target, uint32_t capacity);

/** Returns 0 for an unsigned integer, 1 for a string (from 24.04 on; before that always 0, whatever the request). */
TRITON_IMPORT(request_correlation_id_type)
int32_t triton_v1_request_correlation_id_type(uint32_t request);

/** Bit 0: a sequence starts, bit 1: it ends. */
TRITON_IMPORT(request_flags)
int32_t triton_v1_request_flags(uint32_t request);

/** Microseconds; 0: none. */
TRITON_IMPORT(request_timeout)
int64_t triton_v1_request_timeout(uint32_t request);

/** The client's parameters as text of a JSON object. */
TRITON_IMPORT(request_parameters)
int32_t triton_v1_request_parameters(uint32_t request, char *target, uint32_t capacity);

/** Number of inputs that the request brings. */
TRITON_IMPORT(input_count)
int32_t triton_v1_input_count(uint32_t request);

/** Index of the input of that name; returns -1 for none. */
TRITON_IMPORT(input_find)
int32_t triton_v1_input_find(uint32_t request, const char *name, uint32_t name_length);

/** The input's name as text. */
TRITON_IMPORT(input_name)
int32_t triton_v1_input_name(uint32_t request, uint32_t input, char *target, uint32_t capacity);

/**
 * Number of the datatype as in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to 9 INT8 to INT64, 10 FP16, 11
 * FP32, 12 FP64, 13 BYTES, 14 BF16.
 */
TRITON_IMPORT(input_datatype)
int32_t triton_v1_input_datatype(uint32_t request, uint32_t input);

/** Number of dimensions; writes at most capacity of them, each a signed 64-bit number, to target. */
TRITON_IMPORT(input_shape)
int32_t triton_v1_input_shape(uint32_t request, uint32_t input, int64_t *target, uint32_t capacity);

/** Size of the data in bytes. */
TRITON_IMPORT(input_byte_size)
int32_t triton_v1_input_byte_size(uint32_t request, uint32_t input);

/** Copies bytes of the data from offset on to target: as many as there are, at most length. */
TRITON_IMPORT(input_read)
int32_t triton_v1_input_read(uint32_t request, uint32_t input, uint32_t offset, void *target, uint32_t length);

/** Number of outputs that the client wants. */
TRITON_IMPORT(output_count)
int32_t triton_v1_output_count(uint32_t request);

/** Index of the requested output of that name; returns -1 when the client does not want it. */
TRITON_IMPORT(output_find)
int32_t triton_v1_output_find(uint32_t request, const char *name, uint32_t name_length);

/** The output's name as text. */
TRITON_IMPORT(output_name)
int32_t triton_v1_output_name(uint32_t request, uint32_t output, char *target, uint32_t capacity);

/**
 * Makes the output a tensor of byteSize bytes, which must be what rank signed 64-bit dimensions at shape (none
 * negative) and the datatype make; for BYTES any.
 */
TRITON_IMPORT(output_create)
int32_t triton_v1_output_create(
    uint32_t request, uint32_t output, uint32_t datatype, const int64_t *shape, uint32_t rank, uint32_t byte_size);

/** Copies bytes to the output's data from offset on. */
TRITON_IMPORT(output_write)
int32_t triton_v1_output_write(uint32_t request, uint32_t output, uint32_t offset, const void *source, uint32_t length);

/** Makes the output equal to the input: datatype, shape, bytes. */
TRITON_IMPORT(output_copy_input)
int32_t triton_v1_output_copy_input(uint32_t request, uint32_t output, uint32_t input);

/** Makes the output a tensor of zero bytes; the datatype is one of a fixed size. */
TRITON_IMPORT(output_zero)
int32_t triton_v1_output_zero(
    uint32_t request, uint32_t output, uint32_t datatype, const int64_t *shape, uint32_t rank);

/** Answers the request with an error; code as below. */
TRITON_IMPORT(response_error)
int32_t triton_v1_response_error(uint32_t request, uint32_t code, const char *text, uint32_t length);

/** Sets a parameter of the response, a text. */
TRITON_IMPORT(response_parameter_string)
int32_t triton_v1_response_parameter_string(
    uint32_t request, const char *key, uint32_t key_length, const char *text, uint32_t length);

/** As before, an integer (i64). */
TRITON_IMPORT(response_parameter_int)
int32_t triton_v1_response_parameter_int(uint32_t request, const char *key, uint32_t key_length, int64_t value);

/** As before, a boolean: 0 or another number. */
TRITON_IMPORT(response_parameter_bool)
int32_t triton_v1_response_parameter_bool(uint32_t request, const char *key, uint32_t key_length, int32_t value);

/** As before, a double (f64). */
TRITON_IMPORT(response_parameter_double)
int32_t triton_v1_response_parameter_double(uint32_t request, const char *key, uint32_t key_length, double value);

#ifdef __cplusplus
}
#endif

#endif
