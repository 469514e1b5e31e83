/**
 * Calls of other models from C or C++ (docs/guest-abi.md). Include it after or instead of triton.h.
 *
 *     triton_call call;
 *     triton_call_begin(&call, "resnet");
 *     triton_call_input_from(&call, "INPUT0", input);
 *     if (!triton_call_send(&call) || triton_call_next(&call, TRITON_WAIT_FOR_EVER) != TRITON_RESPONSE) …
 *
 * A call is valid until triton_execute returns. A function that returns bool returns false if the host refuses;
 * triton_last_error has the reason.
 */
#ifndef TRITON_CALLS_H
#define TRITON_CALLS_H

#include "triton.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A call of another model. Once the host has refused an input of it, triton_call_send returns false. */
typedef struct triton_call {
  uint32_t number;
  bool refused;
} triton_call;

/** An output of the current response of a call. */
typedef struct triton_call_output {
  uint32_t call;
  uint32_t index;
} triton_call_output;

/** A time-out: as long as the host allows. */
#define TRITON_WAIT_FOR_EVER UINT32_MAX

/** Results of triton_call_next. */
enum { TRITON_NO_MORE_RESPONSES = -1, TRITON_TIMED_OUT = 0, TRITON_RESPONSE = 1 };

/** Begins a call of a version of a model; -1 is the latest. */
static inline bool triton_call_begin_version(triton_call *call, const char *model, int64_t version) {
  const int32_t number = triton_v1_call_create(model, triton_text_length(model), version);
  call->number = (uint32_t)number;
  call->refused = number < 0;
  return number >= 0;
}

/** Begins a call of the latest version of a model. */
static inline bool triton_call_begin(triton_call *call, const char *model) {
  return triton_call_begin_version(call, model, -1);
}

/* For the functions that add something to a call. */
static inline bool triton_call_check(triton_call *call, int32_t status) {
  if (status != 0) call->refused = true;
  return status == 0;
}

/** Adds an input and copies its bytes. */
static inline bool triton_call_input(triton_call *call, const char *name, triton_datatype datatype,
                                     const triton_shape *shape, const void *bytes, uint32_t length) {
  if (call->refused) return false;
  return triton_call_check(call, triton_v1_call_input(call->number, name, triton_text_length(name), (uint32_t)datatype,
                                                      shape->dims, shape->rank, bytes, length));
}

/** Adds an input with the content of an input of a request. No byte is copied. */
static inline bool triton_call_input_from(triton_call *call, const char *name, triton_input input) {
  if (call->refused) return false;
  return triton_call_check(
      call, triton_v1_call_input_from(call->number, name, triton_text_length(name), input.request, input.index));
}

/** Adds an input with the content of an output of another call. No byte is copied. */
static inline bool triton_call_input_from_call(triton_call *call, const char *name, triton_call_output output) {
  if (call->refused) return false;
  return triton_call_check(
      call, triton_v1_call_input_from_call(call->number, name, triton_text_length(name), output.call, output.index));
}

/** Asks for an output. Without any, the model sends all its outputs. */
static inline void triton_call_request_output(triton_call *call, const char *name) {
  if (!call->refused) triton_v1_call_output(call->number, name, triton_text_length(name));
}

static inline void triton_call_parameter_string(triton_call *call, const char *key, const char *text) {
  if (call->refused) return;
  triton_v1_call_parameter_string(call->number, key, triton_text_length(key), text, triton_text_length(text));
}

static inline void triton_call_parameter_int(triton_call *call, const char *key, int64_t value) {
  if (!call->refused) triton_v1_call_parameter_int(call->number, key, triton_text_length(key), value);
}

static inline void triton_call_parameter_bool(triton_call *call, const char *key, bool value) {
  if (!call->refused) triton_v1_call_parameter_bool(call->number, key, triton_text_length(key), value);
}

/** Sets the id of the request. */
static inline void triton_call_id(triton_call *call, const char *id) {
  if (!call->refused) triton_v1_call_request_id(call->number, id, triton_text_length(id));
}

static inline void triton_call_correlation_id(triton_call *call, uint64_t id) {
  if (!call->refused) triton_v1_call_correlation_id(call->number, (int64_t)id);
}

/** A correlation id that is a text. Before Triton 24.04 the host refuses it. */
static inline bool triton_call_correlation_text(triton_call *call, const char *id) {
  if (call->refused) return false;
  return triton_call_check(call, triton_v1_call_correlation_id_string(call->number, id, triton_text_length(id)));
}

/** @param flags TRITON_SEQUENCE_START, TRITON_SEQUENCE_END, both or 0 */
static inline void triton_call_flags(triton_call *call, uint32_t flags) {
  if (!call->refused) triton_v1_call_flags(call->number, flags);
}

/** Sets the time-out that the scheduler of the called model applies. */
static inline void triton_call_timeout(triton_call *call, int64_t microseconds) {
  if (!call->refused) triton_v1_call_timeout(call->number, microseconds);
}

/** Makes the call a part of the trace of a request. */
static inline void triton_call_trace_from(triton_call *call, triton_request request) {
  if (!call->refused) triton_v1_call_trace_from(call->number, request);
}

static inline bool triton_call_send(triton_call *call) {
  return !call->refused && triton_v1_call_send(call->number, 0) == 0;
}

/** As triton_call_send, for a model that may be decoupled. */
static inline bool triton_call_send_for_stream(triton_call *call) {
  return !call->refused && triton_v1_call_send(call->number, 1) == 0;
}

/** Waits for the next response, which then is the current one. @return TRITON_RESPONSE, or why there is none */
static inline int32_t triton_call_next(triton_call *call, uint32_t milliseconds) {
  return call->refused ? TRITON_NO_MORE_RESPONSES : triton_v1_call_wait(call->number, milliseconds);
}

/** Waits until a call has a response that triton_call_next has not returned. @return its number; -1: none */
static inline int32_t triton_call_wait_any(uint32_t milliseconds) { return triton_v1_call_wait_any(milliseconds); }

/** Calls `each` with every response of a stream, until it returns false or no response follows. */
static inline void triton_call_for_each(triton_call *call, bool (*each)(triton_call *call, void *context), void *context) {
  while (triton_call_next(call, TRITON_WAIT_FOR_EVER) == TRITON_RESPONSE) {
    if (!each(call, context)) return;
  }
}

/** Whether the current response is an error. */
static inline bool triton_call_failed(const triton_call *call) { return triton_v1_call_error_code(call->number) >= 0; }

/** Returns a triton_error_code, or -1 if the current response is not an error. */
static inline int32_t triton_call_error_code(const triton_call *call) {
  return triton_v1_call_error_code(call->number);
}

/** Writes the error text of the current response. @return length of the whole text; -1 if it is not an error */
static inline int32_t triton_call_error(const triton_call *call, char *target, uint32_t capacity) {
  return triton_v1_call_error(call->number, target, capacity);
}

/** Writes the parameters of the current response as a JSON object. @return length of the whole text */
static inline uint32_t triton_call_response_parameters(const triton_call *call, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_call_response_parameters(call->number, target, capacity);
}

/** Returns the number of outputs of the current response. */
static inline uint32_t triton_call_output_count(const triton_call *call) {
  return (uint32_t)triton_v1_call_output_count(call->number);
}

/** @param index below triton_call_output_count */
static inline triton_call_output triton_call_output_at(const triton_call *call, uint32_t index) {
  triton_call_output output = {call->number, index};
  return output;
}

/** @return false if the current response does not have the output; `output` is then unchanged */
static inline bool triton_call_output_find(const triton_call *call, const char *name, triton_call_output *output) {
  const int32_t index = triton_v1_call_output_find(call->number, name, triton_text_length(name));
  if (index < 0) return false;
  *output = triton_call_output_at(call, (uint32_t)index);
  return true;
}

/** @return length of the whole name, of which at most `capacity` bytes are written to `target` */
static inline uint32_t triton_call_output_name(triton_call_output output, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_call_output_name(output.call, output.index, target, capacity);
}

static inline triton_datatype triton_call_output_datatype(triton_call_output output) {
  return (triton_datatype)triton_v1_call_output_datatype(output.call, output.index);
}

/** @return false if the output has more than TRITON_MAX_RANK dimensions */
static inline bool triton_call_output_shape(triton_call_output output, triton_shape *shape) {
  shape->rank = (uint32_t)triton_v1_call_output_shape(output.call, output.index, shape->dims, TRITON_MAX_RANK);
  return shape->rank <= TRITON_MAX_RANK;
}

static inline uint32_t triton_call_output_byte_size(triton_call_output output) {
  return (uint32_t)triton_v1_call_output_byte_size(output.call, output.index);
}

/** Copies bytes from `offset` on to `target`. @return number of bytes: `length`, or less if the data end before */
static inline uint32_t triton_call_output_read(triton_call_output output, uint32_t offset, void *target,
                                               uint32_t length) {
  return (uint32_t)triton_v1_call_output_read(output.call, output.index, offset, target, length);
}

/** Makes an output of a request with the content of an output of a call. No byte is copied. */
static inline bool triton_output_forward(triton_output output, triton_call_output from) {
  return triton_v1_output_forward(output.request, output.index, from.call, from.index) == 0;
}

/** Asks the server to cancel a call with a stream of responses: 25.04 and later. */
static inline bool triton_call_cancel(triton_call *call) {
  return !call->refused && triton_v1_call_cancel(call->number) == 0;
}

/** Frees the responses. Those that come later are dropped. */
static inline void triton_call_close(triton_call *call) {
  if (!call->refused) triton_v1_call_close(call->number);
}

/** Answers a request with the reason of the host's last refusal. */
TRITON_COLD static inline void triton_call_fail_refused(triton_request request) {
  triton_message message;
  message.length = triton_last_error(message.bytes, sizeof message.bytes);
  if (message.length > sizeof message.bytes) message.length = sizeof message.bytes;
  triton_response_error_message(request, TRITON_ERROR_UNAVAILABLE, &message);
}

/** Answers a request with the error of the current response. */
TRITON_COLD static inline void triton_call_fail_with(const triton_call *call, triton_request request) {
  triton_message message;
  const int32_t length = triton_call_error(call, message.bytes, sizeof message.bytes);
  message.length = length < 0 ? 0 : (uint32_t)length;
  if (message.length > sizeof message.bytes) message.length = sizeof message.bytes;
  triton_response_error_message(request, (triton_error_code)triton_call_error_code(call), &message);
}

/** Lets the server load a model. @param config a configuration as JSON in place of the one of the repository; "": none */
static inline bool triton_model_load(const char *name, const char *config) {
  return triton_v1_model_load(name, triton_text_length(name), config, triton_text_length(config)) == 0;
}

/** Lets the server unload a model. */
static inline bool triton_model_unload(const char *name, bool dependents) {
  return triton_v1_model_unload(name, triton_text_length(name), dependents) == 0;
}

/** Whether a version of a model is ready; -1 is the latest. */
static inline bool triton_model_is_ready(const char *name, int64_t version) {
  return triton_v1_model_is_ready(name, triton_text_length(name), version) == 1;
}

#ifdef __cplusplus
}
#endif

#endif
