"""Returns what the model `inner_nvidia` returns for the input."""

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [self.call(request) for request in requests]

    def call(self, request):
        inner = pb_utils.InferenceRequest(
            model_name="inner_nvidia",
            requested_output_names=["OUTPUT0"],
            inputs=[pb_utils.get_input_tensor_by_name(request, "INPUT0")],
        ).exec()
        if inner.has_error():
            return pb_utils.InferenceResponse([], inner.error())
        output = pb_utils.get_output_tensor_by_name(inner, "OUTPUT0")
        return pb_utils.InferenceResponse([output])
