/** As ../c/model.c, by triton.h in C++. */
#include "triton.h"

namespace {

class Answer {
 public:
  explicit Answer(triton_request request) : request_(request) {}

  void make() {
    triton_input input{};
    triton_output output{};
    triton_shape shape{};
    uint32_t size = 0;
    if (!triton_input_require(request_, "INPUT0", &input)) return;
    if (!triton_input_require_datatype(input, TRITON_FP32) || !triton_input_shape(input, &shape)) return;
    if (!triton_input_read_all(input, numbers_, sizeof numbers_, &size)) return;
    TRITON_ASSERT(numbers_[0] != 1);
    if (!triton_output_find(request_, "OUTPUT0", &output)) return;
    if (triton_output_create(output, TRITON_FP32, &shape, size)) triton_output_write(output, 0, numbers_, size);
  }

 private:
  triton_request request_;
  float numbers_[4] = {};
};

}  // namespace

int32_t triton_initialize() {
  triton_message message;
  triton_message_begin(&message, "datatype ");
  triton_message_add(&message, triton_datatype_name(TRITON_FP32));
  triton_log_message(TRITON_LOG_INFO, &message);
  return TRITON_OK;
}

int32_t triton_execute() {
  const uint32_t requests = triton_request_count();
  for (triton_request request = 0; request < requests; request++) Answer(request).make();
  return TRITON_OK;
}
