/* As ../assemblyscript/model.ts. */
#include <triton.h>

enum { NAME_MAX = 1024 };

static void answer(triton_request request) {
  static char name[NAME_MAX + 1];
  name[triton_request_id(request, name, NAME_MAX)] = '\0';
  triton_input input;
  triton_shape shape;
  if (!triton_input_require(request, name, &input)) return;
  if (!triton_input_shape(input, &shape)) return;
  if (!triton_input_require_datatype(input, TRITON_FP32)) return;
  name[triton_input_name(input, name, NAME_MAX)] = '\0';
  triton_response_parameter_string(request, "input", name);
  triton_response_parameter_int(request, "rank", shape.rank);
  triton_output output;
  if (!triton_output_find(request, "OUTPUT0", &output)) return;
  triton_output_create(output, TRITON_FP32, &shape, triton_input_byte_size(input));
}

static bool served = false;

int32_t triton_is_ready(void) { return served; }

int32_t triton_execute(void) {
  served = true;
  const uint32_t count = triton_request_count();
  for (uint32_t request = 0; request < count; request++) answer(request);
  return TRITON_OK;
}
