/** Fails as the first number of INPUT0 says, else returns the input: what a model in C says reaches the client. */
#include "triton.h"

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  float numbers[4] = {0};
  uint32_t size;
  if (!triton_input_require(request, "INPUT0", &input)) return;
  if (!triton_input_read_all(input, numbers, sizeof numbers, &size)) return;
  TRITON_ASSERT(numbers[0] != 1);
  if (numbers[0] == 2) triton_abort("the second way to end");
  if (triton_output_find(request, "OUTPUT0", &output)) triton_output_copy_input(output, input);
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
