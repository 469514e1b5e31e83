/** OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, such as those of UTF-8, stay as they are. */
#include "triton.h"

enum { SLICE_BYTES = 65536, LENGTH_BYTES = 4 };

static uint8_t slice[SLICE_BYTES];

/** Clang makes vectors of this loop. */
static void upper(uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) {
    const bool lower = (uint8_t)(bytes[at] - 'a') < 26;
    bytes[at] = (uint8_t)(bytes[at] - (lower ? 'a' - 'A' : 0));
  }
}

static uint32_t element_length(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/**
 * @param bytes of the slice
 * @param open bytes of the element that began before the slice; then of the one that goes on behind it
 * @return bytes that are done: all but a length that goes on behind the slice
 */
static uint32_t upper_slice(uint32_t bytes, uint32_t *open) {
  uint32_t at = 0;
  for (;;) {
    const uint32_t part = *open < bytes - at ? *open : bytes - at;
    upper(slice + at, part);
    at += part;
    *open -= part;
    if (bytes - at < LENGTH_BYTES) return at;
    *open = element_length(slice + at);
    at += LENGTH_BYTES;
  }
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  triton_shape shape;
  if (!triton_input_require(request, "INPUT0", &input) || !triton_input_shape(input, &shape)) return;
  if (!triton_output_find(request, "OUTPUT0", &output)) return;

  const uint32_t size = triton_input_byte_size(input);
  if (!triton_output_create(output, TRITON_BYTES, &shape, size)) return;

  uint32_t open = 0;
  for (uint32_t offset = 0; offset < size;) {
    const uint32_t bytes = triton_input_read(input, offset, slice, SLICE_BYTES);
    const uint32_t done = upper_slice(bytes, &open);
    if (done == 0) {
      triton_response_error(request, TRITON_ERROR_INVALID_ARG, "INPUT0 ends within the length of an element");
      return;
    }
    triton_output_write(output, offset, slice, done);
    offset += done;
  }
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
