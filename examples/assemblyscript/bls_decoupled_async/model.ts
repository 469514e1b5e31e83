/**
 * Calls the decoupled model "square_int32" twice at the same time. SUM is the sum of the outputs OUT of both streams of responses. It takes
 * each response when it comes, from either stream: a stream that nobody reads holds up the other one.
 */
import {
  Call,
  Datatype,
  ErrorCode,
  lastError,
  Model,
  Request,
  Response,
  waitForAnyCall,
} from "../../../assembly/sdk";

class BlsDecoupledAsync extends Model {
  execute(request: Request): void {
    const input = request.requireInput("IN");
    if (input == null) return;
    const first = new Call("square_int32").inputFrom("IN", input);
    const second = new Call("square_int32").inputFrom("IN", input);
    if (first.sendForStream() && second.sendForStream()) {
      this.answer(request.response, first, second);
    } else {
      request.response.error(ErrorCode.Unavailable, lastError());
    }
    first.close();
    second.close();
  }

  private answer(response: Response, first: Call, second: Call): void {
    let total: i32 = 0;
    for (let number = waitForAnyCall(); number >= 0; number = waitForAnyCall()) {
      const call = number == first.index ? first : second;
      if (!call.next()) continue;
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

const model = new BlsDecoupledAsync();

export function triton_execute(): i32 {
  return model.onExecute();
}
