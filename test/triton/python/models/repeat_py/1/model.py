"""Sends each request's input back 1,000 times, each time as a response of its own."""

import triton_python_backend_utils as pb_utils

RESPONSES = 1000


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            data = pb_utils.get_input_tensor_by_name(request, "INPUT0").as_numpy()
            sender = request.get_response_sender()
            for _ in range(RESPONSES):
                output = pb_utils.Tensor("OUTPUT0", data)
                sender.send(pb_utils.InferenceResponse([output]))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
