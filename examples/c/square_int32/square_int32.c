/*
 * Answers a request with as many responses as IN says. OUT of each is IN, so that their sum is the square of IN. A
 * request with 0 gets no response.
 */
#include <triton.h>

enum { RESPONSES_MAX = 100000 };

static const triton_shape one = {1, {1}};

static bool set_output(triton_request request, int32_t value) {
  triton_output output;
  if (!triton_output_find(request, "OUT", &output)) return true;
  return triton_output_create(output, TRITON_INT32, &one, sizeof value) &&
         triton_output_write(output, 0, &value, sizeof value);
}

static void serve(triton_request request) {
  triton_input input;
  int32_t value;
  uint32_t bytes;
  if (!triton_input_require(request, "IN", &input) || !triton_input_require_datatype(input, TRITON_INT32)) return;
  if (!triton_input_read_all(input, &value, sizeof value, &bytes)) return;
  if (bytes != sizeof value || value < 0 || value > RESPONSES_MAX) {
    triton_response_error(request, TRITON_ERROR_INVALID_ARG, "IN must be one number from 0 to 100000");
    return;
  }
  for (int32_t sent = 1; sent < value; sent++) {
    if (!set_output(request, value) || !triton_response_send(request)) return;
  }
  if (value > 0 && !set_output(request, value)) return;
  /* With the last response, or alone if there is none. */
  triton_response_finish(request);
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) serve(request);
  return TRITON_OK;
}
