/**
 * Calls the decoupled model "square_int32" twice at the same time. SUM is the sum of the outputs OUT of both streams of responses. It takes
 * each response when it comes, from either stream: a stream that nobody reads holds up the other one.
 */
#include <triton_calls.h>

/** Sends IN to the model. */
static bool send(triton_call *call, triton_input input) {
  triton_call_begin(call, "square_int32");
  triton_call_input_from(call, "IN", input);
  if (triton_call_send_for_stream(call)) return true;
  triton_call_fail_refused(input.request);
  return false;
}

/** Adds up the responses to the calls until no other one follows. */
static bool add_up(triton_request request, triton_call *calls, int32_t *total) {
  int32_t number;
  while ((number = triton_call_wait_any(TRITON_WAIT_FOR_EVER)) >= 0) {
    triton_call *call = (int32_t)calls[0].number == number ? &calls[0] : &calls[1];
    triton_call_output out;
    int32_t value = 0;
    if (triton_call_next(call, 0) != TRITON_RESPONSE) continue;
    if (triton_call_failed(call)) {
      triton_call_fail_with(call, request);
      return false;
    }
    if (triton_call_output_find(call, "OUT", &out)) triton_call_output_read(out, 0, &value, sizeof value);
    *total += value;
  }
  return true;
}

/** Makes the two calls. They end with their request. */
static bool call_twice(triton_input input, int32_t *total) {
  triton_call calls[2];
  if (!send(&calls[0], input)) return false;
  bool done = false;
  if (send(&calls[1], input)) {
    done = add_up(input.request, calls, total);
    triton_call_close(&calls[1]);
  }
  triton_call_close(&calls[0]);
  return done;
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  int32_t total = 0;
  if (!triton_input_require(request, "IN", &input) || !call_twice(input, &total)) return;
  if (!triton_output_find(request, "SUM", &output)) return;
  triton_shape shape;
  shape.rank = 1;
  shape.dims[0] = 1;
  if (triton_output_create(output, TRITON_INT32, &shape, sizeof total)) {
    triton_output_write(output, 0, &total, sizeof total);
  }
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
