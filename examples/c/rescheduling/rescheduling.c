/*
 * Lets the server execute each request twice: the first execution only reschedules it. The second one answers:
 * OUTPUT0 = INPUT0 + INPUT1, OUTPUT1 = INPUT0 - INPUT1. The server marks the
 * first execution of a request as the start of a sequence.
 */
#include <triton.h>

enum { ELEMENTS = 16, BYTES = ELEMENTS * 4, SEQUENCE_START = 1 };

static bool read_input(triton_request request, const char *name, float *target, triton_shape *shape) {
  triton_input input;
  uint32_t bytes;
  if (!triton_input_require(request, name, &input) || !triton_input_require_datatype(input, TRITON_FP32)) return false;
  return triton_input_shape(input, shape) && triton_input_read_all(input, target, BYTES, &bytes);
}

static bool set_output(triton_request request, const char *name, const triton_shape *shape, const float *values) {
  triton_output output;
  if (!triton_output_find(request, name, &output)) return true;
  return triton_output_create(output, TRITON_FP32, shape, BYTES) && triton_output_write(output, 0, values, BYTES);
}

static void serve(triton_request request) {
  float first[ELEMENTS], second[ELEMENTS], sums[ELEMENTS], differences[ELEMENTS];
  triton_shape shape;
  if (triton_request_flags(request) & SEQUENCE_START) {
    if (!triton_request_reschedule(request)) {
      triton_response_error(request, TRITON_ERROR_UNSUPPORTED, "rescheduling needs Triton 23.11 or newer");
    }
    return;
  }
  if (!read_input(request, "INPUT0", first, &shape) || !read_input(request, "INPUT1", second, &shape)) return;
  for (uint32_t i = 0; i < ELEMENTS; i++) {
    sums[i] = first[i] + second[i];
    differences[i] = first[i] - second[i];
  }
  if (set_output(request, "OUTPUT0", &shape, sums)) set_output(request, "OUTPUT1", &shape, differences);
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) serve(request);
  return TRITON_OK;
}
