/**
 * Models for Triton's WebAssembly backend in C99 or C++11: the guest ABI triton_v1 (docs/guest-abi.md).
 *
 * Compile with clang or zig cc for wasm32; no library is needed. A model defines triton_execute and, if needed, the
 * other exports. Lengths, capacities and sizes are in bytes unless stated otherwise. Nothing is allocated.
 *
 * A function that returns bool returns false when the request has failed. Its error is then recorded, and the model
 * continues with the next request. The _find functions are the exception: they return false if nothing was found.
 */
#ifndef TRITON_H
#define TRITON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The host functions triton_v1_…. The functions below call them; a model may call them directly, too. */
#include "triton_v1.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------ exports */

#define TRITON_EXPORT(name) __attribute__((export_name(name)))

/** Status of an export: TRITON_OK for success; any other value fails the batch or the load. */
enum { TRITON_OK = 0, TRITON_FAILED = 1 };

/** Required. Called once per batch. Requests, inputs and outputs are valid until it returns. */
TRITON_EXPORT("triton_execute") int32_t triton_execute(void);

/** Optional. Called when a time has come that was asked for with triton_poll_after. */
TRITON_EXPORT("triton_poll") int32_t triton_poll(void);

/**
 * Optional. Called between batches when a client asks whether the model is ready (Triton 26.03 and newer). Returns 1 if it is, and 0 if it is
 * not. It must return within a second.
 */
TRITON_EXPORT("triton_is_ready") int32_t triton_is_ready(void);

/** Optional. Called once, before the first batch. */
TRITON_EXPORT("triton_initialize") int32_t triton_initialize(void);

/** Optional. Called when the server unloads the instance. */
TRITON_EXPORT("triton_finalize") void triton_finalize(void);

/** Optional. Called in a separate instance when the server wants the configuration completed. */
TRITON_EXPORT("triton_auto_complete") int32_t triton_auto_complete(void);

/* -------------------------------------------------------------------------------------------------- types */

typedef enum triton_datatype {
  TRITON_BOOL = 1,
  TRITON_UINT8 = 2,
  TRITON_UINT16 = 3,
  TRITON_UINT32 = 4,
  TRITON_UINT64 = 5,
  TRITON_INT8 = 6,
  TRITON_INT16 = 7,
  TRITON_INT32 = 8,
  TRITON_INT64 = 9,
  TRITON_FP16 = 10,
  TRITON_FP32 = 11,
  TRITON_FP64 = 12,
  /** Each element is a 32-bit little-endian length, followed by that many bytes. */
  TRITON_BYTES = 13,
  TRITON_BF16 = 14
} triton_datatype;

typedef enum triton_error_code {
  TRITON_ERROR_UNKNOWN = 0,
  TRITON_ERROR_INTERNAL = 1,
  TRITON_ERROR_NOT_FOUND = 2,
  TRITON_ERROR_INVALID_ARG = 3,
  TRITON_ERROR_UNAVAILABLE = 4,
  TRITON_ERROR_UNSUPPORTED = 5,
  TRITON_ERROR_ALREADY_EXISTS = 6,
  TRITON_ERROR_CANCELLED = 7
} triton_error_code;

typedef enum triton_log_level {
  TRITON_LOG_INFO = 0,
  TRITON_LOG_WARNING = 1,
  TRITON_LOG_ERROR = 2,
  TRITON_LOG_VERBOSE = 3
} triton_log_level;

typedef enum triton_clock_id { TRITON_CLOCK_REALTIME = 0, TRITON_CLOCK_MONOTONIC = 1 } triton_clock_id;

typedef enum triton_metric_kind {
  TRITON_COUNTER = 0,
  TRITON_GAUGE = 1,
  /** From 24.08 on. */
  TRITON_HISTOGRAM = 2
} triton_metric_kind;

enum { TRITON_SEQUENCE_START = 1, TRITON_SEQUENCE_END = 2 };

/** Index of a request in the batch, from 0; or the handle of a request that stays open. */
typedef uint32_t triton_request;

typedef struct triton_input {
  triton_request request;
  uint32_t index;
} triton_input;

/** An output that the client requests. */
typedef struct triton_output {
  triton_request request;
  uint32_t index;
} triton_output;

/** A metric on the server's /metrics; valid as long as the instance. */
typedef uint32_t triton_metric;

/** The value of a metric that the host has refused. */
#define TRITON_METRIC_REFUSED ((triton_metric)-1)

/** Inputs with more dimensions are refused. */
#ifndef TRITON_MAX_RANK
#define TRITON_MAX_RANK TRITON_V1_RANK_MAX
#endif

/** Dimensions in elements. If the model supports batching, the first one is the batch size of the request. */
typedef struct triton_shape {
  uint32_t rank;
  int64_t dims[TRITON_MAX_RANK];
} triton_shape;

#ifndef TRITON_MESSAGE_MAX
#define TRITON_MESSAGE_MAX TRITON_V1_MESSAGE_MAX
#endif

/** A UTF-8 text that is composed by triton_message_begin and triton_message_add…. Text beyond the buffer is cut off. */
typedef struct triton_message {
  uint32_t length;
  char bytes[TRITON_MESSAGE_MAX];
} triton_message;

/* ----------------------------------------------------------------------------------------------- messages */

/* For errors and logs: the compiler does not inline these functions into a model's loops. */
#define TRITON_COLD __attribute__((cold, noinline))

/* no_builtin: clang would replace the loop by a call of strlen, which does not exist without a library. */
__attribute__((no_builtin)) static inline uint32_t triton_text_length(const char *text) {
  uint32_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}

TRITON_COLD static inline void triton_message_add_bytes(triton_message *message, const char *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length && message->length < TRITON_MESSAGE_MAX; at++) {
    message->bytes[message->length++] = bytes[at];
  }
}

static inline void triton_message_add(triton_message *message, const char *text) {
  triton_message_add_bytes(message, text, triton_text_length(text));
}

/* Not initialised by = {0}: clang would call memset, which does not exist without a library. */
static inline void triton_message_begin(triton_message *message, const char *text) {
  message->length = 0;
  triton_message_add(message, text);
}

TRITON_COLD static inline void triton_message_add_int(triton_message *message, int64_t value) {
  char digits[20];
  uint32_t first = sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    digits[--first] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) digits[--first] = '-';
  triton_message_add_bytes(message, digits + first, (uint32_t)sizeof digits - first);
}

/** Adds a shape in the form [2, 3]. */
TRITON_COLD static inline void triton_message_add_shape(triton_message *message, const triton_shape *shape) {
  triton_message_add(message, "[");
  for (uint32_t dim = 0; dim < shape->rank; dim++) {
    if (dim > 0) triton_message_add(message, ", ");
    triton_message_add_int(message, shape->dims[dim]);
  }
  triton_message_add(message, "]");
}

/** Bytes of a name that an error quotes: whole characters, at most TRITON_V1_QUOTED_NAME_MAX bytes. */
TRITON_COLD static inline uint32_t triton_quoted_length(const char *name, uint32_t length) {
  if (length <= TRITON_V1_QUOTED_NAME_MAX) return length;
  length = TRITON_V1_QUOTED_NAME_MAX;
  while (length > 0 && ((uint8_t)name[length] & 0xc0) == 0x80) length--;
  return length;
}

/** Adds a name, shortened to triton_quoted_length. */
static inline void triton_message_add_name(triton_message *message, const char *name) {
  triton_message_add_bytes(message, name, triton_quoted_length(name, triton_text_length(name)));
}

/** Adds an input's name, shortened to triton_quoted_length. */
TRITON_COLD static inline void triton_message_add_input(triton_message *message, triton_input input) {
  /* The extra byte shows whether a character ends where the name is cut off. */
  char name[TRITON_V1_QUOTED_NAME_MAX + 1];
  const uint32_t length = (uint32_t)triton_v1_input_name(input.request, input.index, name, sizeof name);
  triton_message_add_bytes(message, name, triton_quoted_length(name, length));
}

/* -------------------------------------------------------------------------------------- model and instance */

/**
 * Writes an argument with which the server initialised the instance. Keys: model_config (JSON), model_name,
 * model_version, model_repository (the model's folder), model_instance_kind, model_instance_name, model_instance_device_id.
 * @return length of the whole text, of which at most `capacity` bytes are written; -1 for an unknown key
 */
static inline int32_t triton_argument(const char *key, char *target, uint32_t capacity) {
  return triton_v1_argument(key, triton_text_length(key), target, capacity);
}

/** Sets the completed configuration as JSON. Allowed only in triton_auto_complete. */
static inline void triton_set_model_config(const char *json, uint32_t length) {
  triton_v1_set_model_config(json, length);
}

/** Returns the number of this instance among the instances of its model version, from 0. */
static inline uint32_t triton_instance_ordinal(void) { return (uint32_t)triton_v1_instance_ordinal(); }

/** Returns the number of earlier guests of this instance, which trapped or were stopped. */
static inline uint32_t triton_instance_restarts(void) { return (uint32_t)triton_v1_instance_restarts(); }

/** Sets the error of the whole batch or the load, and returns TRITON_FAILED: `return triton_fail("…");` */
static inline int32_t triton_fail(const char *text) {
  triton_v1_fail(text, triton_text_length(text));
  return TRITON_FAILED;
}

static inline int32_t triton_fail_message(const triton_message *message) {
  triton_v1_fail(message->bytes, message->length);
  return TRITON_FAILED;
}

/** Traps with an error that contains the text. The next batch gets a new instance. Use it for defects of the model. */
__attribute__((noreturn)) static inline void triton_abort(const char *text) {
  triton_v1_fail(text, triton_text_length(text));
  __builtin_trap();
}

/**
 * Calls triton_abort with file, line and condition if the condition is false. Use it for defects of the model; a
 * client's mistake should be an error of its request. NDEBUG does not disable it.
 */
#define TRITON_ASSERT(condition) \
  ((condition) ? (void)0 : triton_abort(__FILE__ ":" TRITON_TEXT_OF(__LINE__) ": assertion failed: " #condition))

/* Two steps, since # does not expand its argument. */
#define TRITON_TEXT_OF(value) TRITON_TEXT_OF_EXPANDED(value)
#define TRITON_TEXT_OF_EXPANDED(value) #value

/** Writes one line to the server's log. */
static inline void triton_log(triton_log_level level, const char *text) {
  triton_v1_log((uint32_t)level, text, triton_text_length(text));
}

static inline void triton_log_message(triton_log_level level, const triton_message *message) {
  triton_v1_log((uint32_t)level, message->bytes, message->length);
}

/** Whether a line at this level would be logged. The result does not change while the instance lives. */
static inline bool triton_log_enabled(triton_log_level level) { return triton_v1_log_enabled((uint32_t)level) != 0; }

/** Returns nanoseconds, with a resolution of one millisecond. */
static inline int64_t triton_clock(triton_clock_id which) { return triton_v1_clock((uint32_t)which); }

static inline void triton_sleep(uint32_t milliseconds) { triton_v1_sleep(milliseconds); }

/** Fills the buffer with secure random bytes. */
static inline void triton_random(void *target, uint32_t length) { triton_v1_random(target, length); }

/** Writes the reason of the host's last refusal, for example of a metric. @return as triton_request_id does */
static inline uint32_t triton_last_error(char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_last_error(target, capacity);
}

/**
 * Creates a metric that all instances of the model version share. A second call with the same name returns the same metric.
 * @return TRITON_METRIC_REFUSED if the host refuses it. triton_last_error has the reason, and changes of the metric have no effect
 */
static inline triton_metric triton_metric_new(triton_metric_kind kind, const char *name, const char *help) {
  return (triton_metric)triton_v1_metric_new((uint32_t)kind, name, triton_text_length(name), help,
                                             triton_text_length(help));
}

/** @param by finite; not negative for a counter @return whether it was added */
static inline bool triton_metric_add(triton_metric metric, double by) { return triton_v1_metric_add(metric, by) == 0; }

/** Sets a gauge. @param value finite @return whether it was set */
static inline bool triton_metric_set(triton_metric metric, double value) {
  return triton_v1_metric_set(metric, value) == 0;
}

/* ----------------------------------------------------------------------------------------------- requests */

static inline uint32_t triton_request_count(void) { return (uint32_t)triton_v1_request_count(); }

/** Writes the request's id. @return length of the whole text, of which at most `capacity` bytes are written */
static inline uint32_t triton_request_id(triton_request request, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_request_id(request, target, capacity);
}

/** Writes the correlation id; a number in decimal digits. @return as triton_request_id does */
static inline uint32_t triton_request_correlation_id(triton_request request, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_request_correlation_id(request, target, capacity);
}

/** Whether the correlation id is a text and not a number. Before Triton 24.04 always false. */
static inline bool triton_request_correlation_id_is_text(triton_request request) {
  return triton_v1_request_correlation_id_type(request) != 0;
}

/** Returns TRITON_SEQUENCE_START, TRITON_SEQUENCE_END, both or 0. */
static inline uint32_t triton_request_flags(triton_request request) {
  return (uint32_t)triton_v1_request_flags(request);
}

/** Returns the request's time-out in microseconds, or 0 if it has none. */
static inline int64_t triton_request_timeout(triton_request request) { return triton_v1_request_timeout(request); }

/** Writes the client's parameters as a JSON object. @return as triton_request_id does */
static inline uint32_t triton_request_parameters(triton_request request, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_request_parameters(request, target, capacity);
}

/* ---------------------------------------------------------------------------------------------- responses */

/** Sends what is set as one response of a decoupled model; the response is empty then, for the next one. */
static inline bool triton_response_send(triton_request request) { return triton_v1_response_send(request) == 0; }

/** Sends what is set as the last response. If nothing is set, the responses before were all. */
static inline bool triton_response_finish(triton_request request) { return triton_v1_response_finish(request) == 0; }

/**
 * Keeps the request of a decoupled model open after triton_execute has returned, until triton_response_finish. Stores the handle
 * that is valid from then on. Returns false when the instance has too many open requests.
 */
static inline bool triton_request_keep(triton_request request, triton_request *kept) {
  const int32_t handle = triton_v1_request_keep(request);
  if (handle < 0) return false;
  *kept = (triton_request)handle;
  return true;
}

/** Whether the client has cancelled the request. Asks the server. */
static inline bool triton_request_is_cancelled(triton_request request) { return triton_v1_request_is_cancelled(request) != 0; }

/** Lets the server execute the request once more (iterative sequences). Returns false before Triton 23.11. */
static inline bool triton_request_reschedule(triton_request request) { return triton_v1_request_reschedule(request) == 0; }

/** Asks for a call of triton_poll after this time; the earliest one counts. The model must define triton_poll. */
static inline void triton_poll_after(uint32_t milliseconds) { triton_v1_poll_after(milliseconds); }

/** Answers the request with an error and without outputs. Other requests are not affected. */
static inline void triton_response_error(triton_request request, triton_error_code code, const char *text) {
  triton_v1_response_error(request, (uint32_t)code, text, triton_text_length(text));
}

static inline void triton_response_error_message(triton_request request, triton_error_code code,
                                                 const triton_message *message) {
  triton_v1_response_error(request, (uint32_t)code, message->bytes, message->length);
}

/* Parameters of the response. Triton transports them from 25.02 on, but no doubles. Other parameters are dropped. */

static inline void triton_response_parameter_string(triton_request request, const char *key, const char *text) {
  triton_v1_response_parameter_string(request, key, triton_text_length(key), text, triton_text_length(text));
}

static inline void triton_response_parameter_int(triton_request request, const char *key, int64_t value) {
  triton_v1_response_parameter_int(request, key, triton_text_length(key), value);
}

static inline void triton_response_parameter_bool(triton_request request, const char *key, bool value) {
  triton_v1_response_parameter_bool(request, key, triton_text_length(key), value);
}

static inline void triton_response_parameter_double(triton_request request, const char *key, double value) {
  triton_v1_response_parameter_double(request, key, triton_text_length(key), value);
}

/* -------------------------------------------------------------------------------------- datatypes and shapes */

/** Returns the datatype's name in Triton's protocols, such as FP32. */
static inline const char *triton_datatype_name(triton_datatype datatype) {
  static const char *const names[] = {"INVALID", "BOOL",  "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16",
                                      "INT32",   "INT64", "FP16",  "FP32",   "FP64",   "BYTES",  "BF16"};
  return names[(uint32_t)datatype < sizeof names / sizeof names[0] ? datatype : 0];
}

/** Returns the size of an element; 0 for TRITON_BYTES, whose elements have various sizes. */
static inline uint32_t triton_datatype_bytes(triton_datatype datatype) {
  static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 0, 2};
  return sizes[(uint32_t)datatype < sizeof sizes ? datatype : 0];
}

static inline bool triton_shape_equal(const triton_shape *one, const triton_shape *other) {
  if (one->rank != other->rank) return false;
  for (uint32_t dim = 0; dim < one->rank; dim++) {
    if (one->dims[dim] != other->dims[dim]) return false;
  }
  return true;
}

/** Returns the number of elements: 1 for no dimensions, INT64_MAX for larger numbers and for a negative dimension. */
static inline int64_t triton_shape_elements(const triton_shape *shape) {
  int64_t elements = 1;
  for (uint32_t dim = 0; dim < shape->rank; dim++) {
    const int64_t count = shape->dims[dim];
    if (count < 0) return INT64_MAX;
    /* The loop continues after an overflow, because a later dimension of zero makes the number zero. */
    elements = count > 0 && elements > INT64_MAX / count ? INT64_MAX : elements * count;
  }
  return elements;
}

/** Whether a tensor of this shape and datatype can have `byte_size` bytes of data. */
static inline bool triton_shape_fits(const triton_shape *shape, triton_datatype datatype, uint32_t byte_size) {
  /* The host refuses an output with a larger dimension. */
  const uint64_t dim_max = ((uint64_t)1 << 53) - 1;
  for (uint32_t dim = 0; dim < shape->rank; dim++) {
    if ((uint64_t)shape->dims[dim] > dim_max) return false;
  }
  const int64_t elements = triton_shape_elements(shape);
  const uint32_t length_bytes = 4;
  if (datatype == TRITON_BYTES) return elements <= byte_size / length_bytes;
  const uint32_t size = triton_datatype_bytes(datatype);
  return size > 0 && byte_size % size == 0 && elements == byte_size / size;
}

/* ------------------------------------------------------------------------------------------------- inputs */

static inline uint32_t triton_input_count(triton_request request) { return (uint32_t)triton_v1_input_count(request); }

/** @param index below triton_input_count */
static inline triton_input triton_input_at(triton_request request, uint32_t index) {
  triton_input input = {request, index};
  return input;
}

/** @return false if the request does not have the input; `input` is then unchanged */
static inline bool triton_input_find(triton_request request, const char *name, triton_input *input) {
  int32_t index = triton_v1_input_find(request, name, triton_text_length(name));
  if (index < 0) return false;
  *input = triton_input_at(request, (uint32_t)index);
  return true;
}

/** As triton_input_find, but a missing input is an error of the request. */
static inline bool triton_input_require(triton_request request, const char *name, triton_input *input) {
  if (triton_input_find(request, name, input)) return true;
  triton_message message;
  triton_message_begin(&message, "the request has no input ");
  triton_message_add_name(&message, name);
  triton_response_error_message(request, TRITON_ERROR_INVALID_ARG, &message);
  return false;
}

/** @return length of the whole name, of which at most `capacity` bytes are written to `target` */
static inline uint32_t triton_input_name(triton_input input, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_input_name(input.request, input.index, target, capacity);
}

static inline triton_datatype triton_input_datatype(triton_input input) {
  return (triton_datatype)triton_v1_input_datatype(input.request, input.index);
}

static inline uint32_t triton_input_byte_size(triton_input input) {
  return (uint32_t)triton_v1_input_byte_size(input.request, input.index);
}

/** Copies bytes from `offset` on to `target`. @return number of bytes: `length`, or less if the data end before */
static inline uint32_t triton_input_read(triton_input input, uint32_t offset, void *target, uint32_t length) {
  return (uint32_t)triton_v1_input_read(input.request, input.index, offset, target, length);
}

/** Begins an error about an input. */
TRITON_COLD static inline void triton_message_begin_input(triton_message *message, triton_input input) {
  triton_message_begin(message, "input ");
  triton_message_add_input(message, input);
}

/** Records an error of the request if the input has another datatype. */
static inline bool triton_input_require_datatype(triton_input input, triton_datatype datatype) {
  const triton_datatype own = triton_input_datatype(input);
  if (own == datatype) return true;
  triton_message message;
  triton_message_begin_input(&message, input);
  triton_message_add(&message, " has the datatype ");
  triton_message_add(&message, triton_datatype_name(own));
  triton_message_add(&message, ", the model reads ");
  triton_message_add(&message, triton_datatype_name(datatype));
  triton_response_error_message(input.request, TRITON_ERROR_INVALID_ARG, &message);
  return false;
}

/* For triton_input_shape and triton_input_read_all. */
TRITON_COLD static inline bool triton_input_refuse_above(triton_input input, uint32_t count, const char *what, uint32_t limit) {
  triton_message message;
  triton_message_begin_input(&message, input);
  triton_message_add(&message, " has ");
  triton_message_add_int(&message, count);
  triton_message_add(&message, what);
  triton_message_add(&message, ", above the model's limit of ");
  triton_message_add_int(&message, limit);
  triton_response_error_message(input.request, TRITON_ERROR_INVALID_ARG, &message);
  return false;
}

/**
 * Writes the dimensions to `shape`. Records an error of the request if there are more than TRITON_MAX_RANK dimensions, or
 * if they do not fit the size of the data, which not every release of the server checks.
 */
static inline bool triton_input_shape(triton_input input, triton_shape *shape) {
  const triton_datatype datatype = triton_input_datatype(input);
  const uint32_t size = triton_input_byte_size(input);
  shape->rank = (uint32_t)triton_v1_input_shape(input.request, input.index, shape->dims, TRITON_MAX_RANK);
  if (shape->rank > TRITON_MAX_RANK) {
    return triton_input_refuse_above(input, shape->rank, " dimensions", TRITON_MAX_RANK);
  }
  if (triton_shape_fits(shape, datatype, size)) return true;
  triton_message message;
  triton_message_begin_input(&message, input);
  triton_message_add(&message, " has ");
  triton_message_add_int(&message, size);
  triton_message_add(&message, " bytes, which do not fit its shape ");
  triton_message_add_shape(&message, shape);
  triton_message_add(&message, " of datatype ");
  triton_message_add(&message, triton_datatype_name(datatype));
  triton_response_error_message(input.request, TRITON_ERROR_INVALID_ARG, &message);
  return false;
}

/** Copies the whole data to `target` and its size to `size`. Records an error of the request if it exceeds `capacity`. */
static inline bool triton_input_read_all(triton_input input, void *target, uint32_t capacity, uint32_t *size) {
  *size = triton_input_byte_size(input);
  if (*size > capacity) return triton_input_refuse_above(input, *size, " bytes", capacity);
  triton_input_read(input, 0, target, *size);
  return true;
}

/* ------------------------------------------------------------------------------------------------ outputs */

static inline uint32_t triton_output_count(triton_request request) { return (uint32_t)triton_v1_output_count(request); }

/** @param index below triton_output_count */
static inline triton_output triton_output_at(triton_request request, uint32_t index) {
  triton_output output = {request, index};
  return output;
}

/** @return false if the client does not request the output; `output` is then unchanged */
static inline bool triton_output_find(triton_request request, const char *name, triton_output *output) {
  int32_t index = triton_v1_output_find(request, name, triton_text_length(name));
  if (index < 0) return false;
  *output = triton_output_at(request, (uint32_t)index);
  return true;
}

/** @return length of the whole name, of which at most `capacity` bytes are written to `target` */
static inline uint32_t triton_output_name(triton_output output, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_output_name(output.request, output.index, target, capacity);
}

/**
 * Creates the output, filled with zero bytes, for triton_output_write. An output is created once.
 * @param byte_size the size that shape and datatype need; for TRITON_BYTES the size of all elements with their lengths
 */
static inline bool triton_output_create(triton_output output, triton_datatype datatype, const triton_shape *shape,
                                        uint32_t byte_size) {
  return triton_v1_output_create(output.request, output.index, (uint32_t)datatype, shape->dims, shape->rank, byte_size) ==
         TRITON_OK;
}

/** Copies bytes to the output's data from `offset` on. */
static inline bool triton_output_write(triton_output output, uint32_t offset, const void *source, uint32_t length) {
  return triton_v1_output_write(output.request, output.index, offset, source, length) == TRITON_OK;
}

/** Creates the output as a copy of an input of the same request, without copying bytes through the model's memory. */
static inline bool triton_output_copy_input(triton_output output, triton_input input) {
  return triton_v1_output_copy_input(output.request, output.index, input.index) == TRITON_OK;
}

/** Creates the output as a tensor of zero bytes, of any datatype except TRITON_BYTES. */
static inline bool triton_output_zero(triton_output output, triton_datatype datatype, const triton_shape *shape) {
  return triton_v1_output_zero(output.request, output.index, (uint32_t)datatype, shape->dims, shape->rank) == TRITON_OK;
}

#ifdef __cplusplus
}
#endif

/* The calls of these headers belong to this one, too. */
#include "triton_config.h"
#include "triton_files.h"
#include "triton_metrics.h"
#include "triton_values.h"

#endif
