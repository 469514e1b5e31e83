/** OUTPUT0 is INPUT0, whatever its datatype. */
#include "triton.h"

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  if (!triton_input_require(request, "INPUT0", &input)) return;
  if (triton_output_find(request, "OUTPUT0", &output)) triton_output_copy_input(output, input);
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
