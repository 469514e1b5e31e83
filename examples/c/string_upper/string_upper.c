/** OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, also those of UTF-8 characters, are unchanged. */
#include "triton.h"

enum { SLICE_BYTES = 65536, LENGTH_BYTES = 4 };

static uint8_t slice[SLICE_BYTES];

/** Clang vectorises this loop. */
static void upper(uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) {
    const bool lower = (uint8_t)(bytes[at] - 'a') < 26;
    bytes[at] = (uint8_t)(bytes[at] - (lower ? 'a' - 'A' : 0));
  }
}

static uint32_t element_length(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/** Position in a tensor. */
typedef struct progress {
  /** Number of elements that have begun. */
  int64_t elements;
  /** Bytes of the last element that are not read yet. */
  uint32_t open;
} progress;

/**
 * @param bytes of the slice
 * @return number of processed bytes: all, except a length that continues after the slice; 0 if the slice has only that
 */
static uint32_t upper_slice(uint32_t bytes, progress *progress) {
  uint32_t at = 0;
  for (;;) {
    const uint32_t part = progress->open < bytes - at ? progress->open : bytes - at;
    upper(slice + at, part);
    at += part;
    progress->open -= part;
    if (bytes - at < LENGTH_BYTES) return at;
    progress->elements++;
    progress->open = element_length(slice + at);
    at += LENGTH_BYTES;
  }
}

static void refuse_count(triton_request request, int64_t elements, const triton_shape *shape) {
  triton_message message;
  triton_message_begin(&message, "input INPUT0 has ");
  triton_message_add_int(&message, elements);
  triton_message_add(&message, " elements, but the shape ");
  triton_message_add_shape(&message, shape);
  triton_response_error_message(request, TRITON_ERROR_INVALID_ARG, &message);
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  triton_shape shape;
  if (!triton_input_require(request, "INPUT0", &input)) return;
  if (!triton_input_require_datatype(input, TRITON_BYTES) || !triton_input_shape(input, &shape)) return;
  if (!triton_output_find(request, "OUTPUT0", &output)) return;

  const uint32_t size = triton_input_byte_size(input);
  if (!triton_output_create(output, TRITON_BYTES, &shape, size)) return;

  progress progress = {0, 0};
  uint32_t offset = 0;
  while (offset < size) {
    const uint32_t bytes = triton_input_read(input, offset, slice, SLICE_BYTES);
    const uint32_t done = upper_slice(bytes, &progress);
    if (done == 0) break;
    triton_output_write(output, offset, slice, done);
    offset += done;
  }
  if (offset < size || progress.open > 0) {
    triton_response_error(request, TRITON_ERROR_INVALID_ARG, "input INPUT0 ends within an element");
  } else if (progress.elements != triton_shape_elements(&shape)) {
    refuse_count(request, progress.elements, &shape);
  }
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
