/**
 * Calls the model whose name is in MODEL_NAME with INPUT0 and INPUT1, and answers with its OUTPUT0 and OUTPUT1. No byte of the tensors is
 * copied.
 */
import { Call, ErrorCode, lastError, Model, Request } from "../../../assembly/sdk";

const OUTPUTS: StaticArray<string> = ["OUTPUT0", "OUTPUT1"];

class BlsSync extends Model {
  execute(request: Request): void {
    const model = request.requireInput("MODEL_NAME");
    const input0 = request.requireInput("INPUT0");
    const input1 = request.requireInput("INPUT1");
    if (model == null || input0 == null || input1 == null) return;
    const names = model.byteStrings();
    if (names == null) return;
    const response = request.response;
    if (!names.next()) {
      response.error(ErrorCode.InvalidArg, "MODEL_NAME is empty: it must be the name of a model");
      return;
    }

    const call = new Call(names.text);
    call.inputFrom("INPUT0", input0).inputFrom("INPUT1", input1);
    call.requestOutput("OUTPUT0").requestOutput("OUTPUT1").traceFrom(request.index);
    if (!call.send() || !call.next()) {
      response.error(ErrorCode.Unavailable, lastError());
      return;
    }
    const error = call.error;
    if (error != null) {
      response.error(call.errorCode, error);
      return;
    }
    for (let index = 0; index < OUTPUTS.length; index++) {
      const output = response.output(OUTPUTS[index]);
      const from = call.output(OUTPUTS[index]);
      if (output != null && from != null) from.forwardTo(output);
    }
  }
}

const model = new BlsSync();

export function triton_execute(): i32 {
  return model.onExecute();
}
