/** The model's configuration and the client's parameters. Included by triton.h. */
#ifndef TRITON_CONFIG_H
#define TRITON_CONFIG_H

#include "triton.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum triton_side { TRITON_INPUTS = 0, TRITON_OUTPUTS = 1 } triton_side;

typedef enum triton_parameter_type {
  TRITON_PARAMETER_NONE = 0,
  TRITON_PARAMETER_STRING = 1,
  TRITON_PARAMETER_INT = 2,
  TRITON_PARAMETER_BOOL = 3,
  /** Triton transports doubles from 24.02 on. */
  TRITON_PARAMETER_DOUBLE = 4
} triton_parameter_type;

/**
 * Writes the string value of a parameter in the model's configuration.
 * @return length of the whole text, of which at most `capacity` bytes are written; -1 if the model does not have the parameter
 */
static inline int32_t triton_model_parameter(const char *key, char *target, uint32_t capacity) {
  return triton_v1_model_parameter(key, triton_text_length(key), target, capacity);
}

/** Writes the model's name. @return as triton_request_id does */
static inline uint32_t triton_config_name(char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_config_name(target, capacity);
}

/** Writes the model's version, which is empty in an auto-completion. @return as triton_request_id does */
static inline uint32_t triton_config_version(char *target, uint32_t capacity) {
  const int32_t length = triton_argument("model_version", target, capacity);
  return length < 0 ? 0 : (uint32_t)length;
}

/** Returns 0 if the model does not support batching. */
static inline uint32_t triton_config_max_batch_size(void) { return (uint32_t)triton_v1_config_max_batch_size(); }

/** Returns the number of configured inputs or outputs. */
static inline uint32_t triton_config_tensor_count(triton_side side) {
  return (uint32_t)triton_v1_config_tensor_count((uint32_t)side);
}

/** @return false if the configuration does not have the tensor; `index` is then unchanged */
static inline bool triton_config_tensor_find(triton_side side, const char *name, uint32_t *index) {
  const int32_t found = triton_v1_config_tensor_find((uint32_t)side, name, triton_text_length(name));
  if (found < 0) return false;
  *index = (uint32_t)found;
  return true;
}

/** Writes the tensor's name. @param index below triton_config_tensor_count @return as triton_request_id does */
static inline uint32_t triton_config_tensor_name(triton_side side, uint32_t index, char *target, uint32_t capacity) {
  return (uint32_t)triton_v1_config_tensor_name((uint32_t)side, index, target, capacity);
}

/** @param index below triton_config_tensor_count @return 0 if the configuration does not set the datatype */
static inline triton_datatype triton_config_tensor_datatype(triton_side side, uint32_t index) {
  return (triton_datatype)triton_v1_config_tensor_datatype((uint32_t)side, index);
}

/**
 * Writes the dimensions without that of the batch; -1 is a dimension of any size.
 * @return false if there are more than TRITON_MAX_RANK
 */
static inline bool triton_config_tensor_shape(triton_side side, uint32_t index, triton_shape *shape) {
  shape->rank = (uint32_t)triton_v1_config_tensor_shape((uint32_t)side, index, shape->dims, TRITON_MAX_RANK);
  return shape->rank <= TRITON_MAX_RANK;
}

/** Returns TRITON_PARAMETER_NONE if the request does not have the parameter. */
static inline triton_parameter_type triton_request_parameter_type(triton_request request, const char *key) {
  return (triton_parameter_type)triton_v1_request_parameter_type(request, key, triton_text_length(key));
}

/**
 * Writes a parameter's value as text: an integer in decimal digits, a bool as true or false.
 * @return length of the whole text, of which at most `capacity` bytes are written; -1 if the request does not have the parameter
 */
static inline int32_t triton_request_parameter(triton_request request, const char *key, char *target,
                                               uint32_t capacity) {
  return triton_v1_request_parameter(request, key, triton_text_length(key), target, capacity);
}

/** Returns the value of an integer; 1 or 0 for a bool; 0 for any other. */
static inline int64_t triton_request_parameter_int(triton_request request, const char *key) {
  return triton_v1_request_parameter_int(request, key, triton_text_length(key));
}

/** Returns the value of a double or integer; 0 for any other. */
static inline double triton_request_parameter_double(triton_request request, const char *key) {
  return triton_v1_request_parameter_double(request, key, triton_text_length(key));
}

#ifdef __cplusplus
}
#endif

#endif
