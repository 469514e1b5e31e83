/** Calls the decoupled model "square_int32", which answers IN with a stream of responses. SUM is the sum of their outputs OUT. */
import { Call, Datatype, ErrorCode, lastError, Model, Request } from "../../../assembly/sdk";

class BlsDecoupledSync extends Model {
  execute(request: Request): void {
    const input = request.requireInput("IN");
    if (input == null) return;
    const response = request.response;
    const call = new Call("square_int32").inputFrom("IN", input);
    if (!call.sendForStream()) {
      response.error(ErrorCode.Unavailable, lastError());
      return;
    }
    let total: i32 = 0;
    while (call.next()) {
      const error = call.error;
      if (error != null) {
        response.error(call.errorCode, error);
        return;
      }
      const out = call.output("OUT");
      if (out == null) continue;
      const values = out.data<i32>();
      if (values != null && values.length > 0) total += values[0];
    }
    const sum = response.output("SUM");
    if (sum != null) sum.set<i32>(Datatype.Int32, [1], [total]);
  }
}

const model = new BlsDecoupledSync();

export function triton_execute(): i32 {
  return model.onExecute();
}
