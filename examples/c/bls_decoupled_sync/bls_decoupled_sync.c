/** Calls the decoupled model "square_int32", which answers IN with a stream of responses. SUM is the sum of their outputs OUT. */
#include <triton_calls.h>

typedef struct sum {
  int32_t total;
  bool failed;
} sum;

static bool add(triton_call *call, void *context) {
  sum *so_far = context;
  triton_call_output out;
  so_far->failed = triton_call_failed(call);
  if (so_far->failed) return false;
  int32_t value = 0;
  if (triton_call_output_find(call, "OUT", &out)) triton_call_output_read(out, 0, &value, sizeof value);
  so_far->total += value;
  return true;
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  if (!triton_input_require(request, "IN", &input)) return;
  triton_call call;
  triton_call_begin(&call, "square_int32");
  triton_call_input_from(&call, "IN", input);
  if (!triton_call_send_for_stream(&call)) {
    triton_call_fail_refused(request);
    return;
  }
  sum result = {0, false};
  triton_call_for_each(&call, add, &result);
  if (result.failed) {
    triton_call_fail_with(&call, request);
    return;
  }
  if (!triton_output_find(request, "SUM", &output)) return;
  triton_shape shape;
  shape.rank = 1;
  shape.dims[0] = 1;
  if (triton_output_create(output, TRITON_INT32, &shape, sizeof result.total)) {
    triton_output_write(output, 0, &result.total, sizeof result.total);
  }
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
