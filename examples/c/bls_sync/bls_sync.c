/**
 * Calls the model whose name is in MODEL_NAME with INPUT0 and INPUT1, and answers with its OUTPUT0 and OUTPUT1. No byte of the tensors is
 * copied.
 */
#include <triton_calls.h>

enum { NAME_MAX = 255, LENGTH_BYTES = 4 };

/** Reads the one element of a BYTES tensor: its length, and its bytes. */
static bool read_name(triton_input input, char name[NAME_MAX + 1]) {
  uint32_t length = 0;
  triton_input_read(input, 0, &length, LENGTH_BYTES);
  if (length > NAME_MAX || triton_input_byte_size(input) != LENGTH_BYTES + length) {
    triton_response_error(input.request, TRITON_ERROR_INVALID_ARG, "MODEL_NAME is not one name of at most 255 bytes");
    return false;
  }
  name[triton_input_read(input, LENGTH_BYTES, name, length)] = '\0';
  return true;
}

static void forward(triton_request request, const triton_call *call, const char *name) {
  triton_output output;
  triton_call_output from;
  if (triton_output_find(request, name, &output) && triton_call_output_find(call, name, &from)) {
    triton_output_forward(output, from);
  }
}

static void answer(triton_request request) {
  char name[NAME_MAX + 1];
  triton_input model, input0, input1;
  if (!triton_input_require(request, "MODEL_NAME", &model) || !read_name(model, name)) return;
  if (!triton_input_require(request, "INPUT0", &input0) || !triton_input_require(request, "INPUT1", &input1)) return;
  triton_call call;
  triton_call_begin(&call, name);
  triton_call_input_from(&call, "INPUT0", input0);
  triton_call_input_from(&call, "INPUT1", input1);
  triton_call_request_output(&call, "OUTPUT0");
  triton_call_request_output(&call, "OUTPUT1");
  triton_call_trace_from(&call, request);
  if (!triton_call_send(&call) || triton_call_next(&call, TRITON_WAIT_FOR_EVER) != TRITON_RESPONSE) {
    triton_call_fail_refused(request);
  } else if (triton_call_failed(&call)) {
    triton_call_fail_with(&call, request);
  } else {
    forward(request, &call, "OUTPUT0");
    forward(request, &call, "OUTPUT1");
  }
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
