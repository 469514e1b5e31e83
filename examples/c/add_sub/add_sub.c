/** OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, of 32-bit floats in tensors of one shape. */
#include <wasm_simd128.h>

#include "triton.h"

/* 64 KiB: large enough for few host calls, small enough that three slices fit the processor's cache. */
enum { SLICE_VECTORS = 4096 };

static v128_t left[SLICE_VECTORS];
static v128_t right[SLICE_VECTORS];
static v128_t result[SLICE_VECTORS];

static void add(uint32_t vectors) {
  for (uint32_t at = 0; at < vectors; at++) result[at] = wasm_f32x4_add(left[at], right[at]);
}

static void subtract(uint32_t vectors) {
  for (uint32_t at = 0; at < vectors; at++) result[at] = wasm_f32x4_sub(left[at], right[at]);
}

static void refuse(triton_request request, const triton_shape *shape0, const triton_shape *shape1) {
  triton_message message;
  triton_message_begin(&message, "INPUT0 has shape ");
  triton_message_add_shape(&message, shape0);
  triton_message_add(&message, ", INPUT1 has shape ");
  triton_message_add_shape(&message, shape1);
  triton_message_add(&message, "; they must be equal");
  triton_response_error_message(request, TRITON_ERROR_INVALID_ARG, &message);
}

static void answer(triton_request request) {
  triton_input input0, input1;
  triton_shape shape0, shape1;
  if (!triton_input_require(request, "INPUT0", &input0) || !triton_input_require(request, "INPUT1", &input1)) return;
  if (!triton_input_require_datatype(input0, TRITON_FP32) || !triton_input_require_datatype(input1, TRITON_FP32)) return;
  if (!triton_input_shape(input0, &shape0) || !triton_input_shape(input1, &shape1)) return;
  if (!triton_shape_equal(&shape0, &shape1)) {
    refuse(request, &shape0, &shape1);
    return;
  }

  const uint32_t size = triton_input_byte_size(input0);
  triton_output sum, difference;
  const bool wants_sum = triton_output_find(request, "OUTPUT0", &sum);
  const bool wants_difference = triton_output_find(request, "OUTPUT1", &difference);
  if (wants_sum && !triton_output_create(sum, TRITON_FP32, &shape0, size)) return;
  if (wants_difference && !triton_output_create(difference, TRITON_FP32, &shape0, size)) return;

  for (uint32_t offset = 0; offset < size; offset += sizeof left) {
    const uint32_t bytes = triton_input_read(input0, offset, left, sizeof left);
    triton_input_read(input1, offset, right, sizeof right);
    /* The last vector of an odd size also contains old bytes, which are not written to the output. */
    const uint32_t vectors = (bytes + sizeof(v128_t) - 1) / sizeof(v128_t);
    if (wants_sum) {
      add(vectors);
      triton_output_write(sum, offset, result, bytes);
    }
    if (wants_difference) {
      subtract(vectors);
      triton_output_write(difference, offset, result, bytes);
    }
  }
}

int32_t triton_execute(void) {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) answer(request);
  return TRITON_OK;
}
