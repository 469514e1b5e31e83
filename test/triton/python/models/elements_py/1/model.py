"""Sends a response for each element of its input: the element, or an error if it is negative. The error of an element below -1 ends the stream."""

import numpy as np
import triton_python_backend_utils as pb

class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            for value in pb.get_input_tensor_by_name(request, "INPUT0").as_numpy():
                if value < -1:
                    error = pb.InferenceResponse(error=pb.TritonError("a last error"))
                    sender.send(error, flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
                    break
                if value < 0:
                    sender.send(pb.InferenceResponse(error=pb.TritonError("a negative element")))
                else:
                    output = pb.Tensor("OUTPUT0", np.array([value], np.float32))
                    sender.send(pb.InferenceResponse([output]))
            else:
                sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
