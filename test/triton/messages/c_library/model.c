/** OUTPUT0 is the root of each number of INPUT0; with malloc, math, printf and assert of a C library. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "triton.h"

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  triton_shape shape;
  if (!triton_input_require(request, "INPUT0", &input) || !triton_input_require_datatype(input, TRITON_FP32)) return;
  if (!triton_input_shape(input, &shape) || !triton_output_find(request, "OUTPUT0", &output)) return;

  uint32_t size = triton_input_byte_size(input);
  float *numbers = malloc(size);
  if (numbers == NULL && size > 0) {
    char text[80];
    snprintf(text, sizeof text, "no memory left for %u bytes", (unsigned)size);
    triton_response_error(request, TRITON_ERROR_UNAVAILABLE, text);
    return;
  }
  triton_input_read(input, 0, numbers, size);
  for (uint32_t index = 0; index < size / sizeof *numbers; index++) {
    assert(numbers[index] >= 0);
    numbers[index] = sqrtf(numbers[index]);
  }
  if (triton_output_create(output, TRITON_FP32, &shape, size)) triton_output_write(output, 0, numbers, size);
  free(numbers);
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
