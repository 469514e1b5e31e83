/**
 * Calls the models "pytorch" and "add_sub" at the same time. OUTPUT0 is that of the first, and OUTPUT1 that of the second. No byte of the
 * tensors is copied.
 */
import {
  Call,
  ErrorCode,
  lastError,
  Model,
  Request,
  Response,
  Tensor,
} from "../../../assembly/sdk";

/** A call with the inputs of a request. */
function callOf(model: string, input0: Tensor, input1: Tensor): Call {
  return new Call(model).inputFrom("INPUT0", input0).inputFrom("INPUT1", input1);
}

/** Waits for the response to a call, and makes one of its outputs that of the request. */
function forward(response: Response, call: Call, name: string): bool {
  if (!call.next()) return false;
  const error = call.error;
  if (error != null) {
    response.error(call.errorCode, error);
    return false;
  }
  const output = response.output(name);
  if (output == null) return true;
  const from = call.output(name);
  if (from == null) return false;
  return from.forwardTo(output);
}

class BlsAsync extends Model {
  execute(request: Request): void {
    const input0 = request.requireInput("INPUT0");
    const input1 = request.requireInput("INPUT1");
    if (input0 == null || input1 == null) return;
    const response = request.response;
    const first = callOf("pytorch", input0, input1);
    const second = callOf("add_sub", input0, input1);
    // A refused call has no effect: send reports it.
    if (!first.send() || !second.send()) response.error(ErrorCode.Unavailable, lastError());
    else if (forward(response, first, "OUTPUT0")) forward(response, second, "OUTPUT1");
  }
}

const model = new BlsAsync();

export function triton_execute(): i32 {
  return model.onExecute();
}
