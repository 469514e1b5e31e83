/* As ../assemblyscript/model.ts. */
#include <triton_calls.h>

enum { TEXT_MAX = 256 };

static bool count_one(triton_call *call, void *context) {
  (void)call;
  *(int64_t *)context += 1;
  return true;
}

static void report(triton_request request, const triton_call *call, triton_call_output out) {
  static char text[TEXT_MAX + 1];
  triton_shape shape;
  text[triton_call_output_name(out, text, TEXT_MAX)] = '\0';
  triton_response_parameter_string(request, "name", text);
  triton_response_parameter_int(request, "datatype", triton_call_output_datatype(out));
  if (!triton_call_output_shape(out, &shape)) return;
  triton_response_parameter_int(request, "rank", shape.rank);
  triton_response_parameter_int(request, "bytes", triton_call_output_byte_size(out));
  text[triton_call_response_parameters(call, text, TEXT_MAX)] = '\0';
  triton_response_parameter_string(request, "parameters", text);
  float first = 0;
  triton_call_output_read(out, 0, &first, sizeof first);
  triton_response_parameter_int(request, "first", (int64_t)first);
}

static void report_refusals(triton_request request) {
  static char text[TEXT_MAX + 1];
  triton_call absent;
  triton_call_begin(&absent, "absent");
  text[triton_last_error(text, TEXT_MAX)] = '\0';
  triton_response_parameter_string(request, "refused", text);
  triton_response_parameter_bool(request, "ready", triton_model_is_ready("square", 3));
  triton_response_parameter_bool(request, "loaded", triton_model_load("absent", "{}"));
  triton_response_parameter_bool(request, "unloaded", triton_model_unload("square", true));
}

static void answer(triton_request request) {
  triton_input input;
  triton_output output;
  if (!triton_input_require(request, "IN", &input) || !triton_output_find(request, "OUTPUT0", &output)) return;
  triton_shape shape;
  shape.rank = 1;
  shape.dims[0] = 2;
  const float values[] = {1.5f, -2};
  triton_call call;
  triton_call_begin(&call, "square");
  triton_call_input(&call, "COPIED", TRITON_FP32, &shape, values, sizeof values);
  triton_call_input_from(&call, "SHARED", input);
  triton_call_request_output(&call, "OUT");
  triton_call_parameter_string(&call, "text", "t");
  triton_call_parameter_int(&call, "int", 7);
  triton_call_parameter_bool(&call, "bool", true);
  triton_call_id(&call, "id");
  triton_call_correlation_id(&call, 5);
  triton_call_flags(&call, TRITON_SEQUENCE_START | TRITON_SEQUENCE_END);
  triton_call_timeout(&call, 250);
  triton_call_trace_from(&call, request);
  if (!triton_call_send(&call) || triton_call_wait_any(40) != (int32_t)call.number ||
      triton_call_next(&call, 50) != TRITON_RESPONSE) {
    triton_call_fail_refused(request);
    return;
  }
  if (triton_call_failed(&call)) {
    triton_call_fail_with(&call, request);
    return;
  }
  triton_call_output out;
  if (!triton_call_output_find(&call, "OUT", &out)) return;
  report(request, &call, out);
  triton_output_forward(output, out);
  triton_call stream;
  int64_t count = 0;
  triton_call_begin_version(&stream, "repeat", 2);
  triton_call_input_from_call(&stream, "IN", out);
  if (triton_call_send_for_stream(&stream)) triton_call_for_each(&stream, count_one, &count);
  triton_call_cancel(&stream);
  triton_call_close(&stream);
  triton_call_close(&call);
  triton_response_parameter_int(request, "count", count);
  report_refusals(request);
}

int32_t triton_execute(void) {
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
