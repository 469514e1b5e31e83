/**
 * Calls the models "pytorch" and "add_sub" at the same time. OUTPUT0 is that of the first, and OUTPUT1 that of the second. No byte of the
 * tensors is copied.
 */
#include <triton_calls.h>

/** Sends the inputs of a request to a model. */
static bool send(triton_call *call, const char *model, triton_input input0, triton_input input1) {
  triton_call_begin(call, model);
  triton_call_input_from(call, "INPUT0", input0);
  triton_call_input_from(call, "INPUT1", input1);
  if (triton_call_send(call)) return true;
  triton_call_fail_refused(input0.request);
  return false;
}

/** Waits for the response to a call, and makes one of its outputs that of the request. */
static bool forward(triton_request request, triton_call *call, const char *name) {
  triton_output output;
  triton_call_output from;
  if (triton_call_next(call, TRITON_WAIT_FOR_EVER) != TRITON_RESPONSE) return false;
  if (triton_call_failed(call)) {
    triton_call_fail_with(call, request);
    return false;
  }
  if (!triton_output_find(request, name, &output)) return true;
  return triton_call_output_find(call, name, &from) && triton_output_forward(output, from);
}

static void answer(triton_request request) {
  triton_input input0, input1;
  if (!triton_input_require(request, "INPUT0", &input0) || !triton_input_require(request, "INPUT1", &input1)) return;
  triton_call first, second;
  if (!send(&first, "pytorch", input0, input1) || !send(&second, "add_sub", input0, input1)) return;
  if (forward(request, &first, "OUTPUT0")) forward(request, &second, "OUTPUT1");
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
