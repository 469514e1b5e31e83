/**
 * Calls the model "square" with all that a call can have, and forwards its output; then counts the responses of the stream of "repeat", and
 * reports what the host refuses.
 */
import {
  Call,
  ErrorCode,
  isModelReady,
  lastError,
  loadModel,
  Model,
  Request,
  unloadModel,
  waitForAnyCall,
} from "../../../../../assembly/sdk";

class Calls extends Model {
  execute(request: Request): void {
    const response = request.response;
    const input = request.requireInput("IN");
    const output = response.output("OUTPUT0");
    if (input == null || output == null) return;
    const shape: StaticArray<i64> = [2];
    const values: StaticArray<f32> = [1.5, -2];
    const call = new Call("square")
      .input("COPIED", shape, values)
      .inputFrom("SHARED", input)
      .requestOutput("OUT")
      .setString("text", "t")
      .setInteger("int", 7)
      .setBoolean("bool", true)
      .setId("id")
      .setCorrelationId(5)
      .setFlags(3)
      .setTimeout(250)
      .traceFrom(request.index);
    if (!call.send() || waitForAnyCall(40) != call.index || !call.next(50)) {
      response.error(ErrorCode.Unavailable, lastError());
      return;
    }
    const error = call.error;
    if (error != null) {
      response.error(call.errorCode, error);
      return;
    }
    const out = call.output("OUT");
    if (out == null) return;
    response.setString("name", out.name);
    response.setInteger("datatype", out.datatype);
    response.setInteger("rank", out.shape.length);
    response.setInteger("bytes", out.byteSize);
    response.setString("parameters", call.parameters);
    const data = out.data<f32>();
    if (data != null) response.setInteger("first", <i64>data[0]);
    out.forwardTo(output);
    const stream = new Call("repeat", 2).inputFromCall("IN", out);
    let count = 0;
    if (stream.sendForStream()) while (stream.next(60)) count += 1;
    stream.cancel();
    stream.close();
    call.close();
    response.setInteger("count", count);
    new Call("absent");
    response.setString("refused", lastError());
    response.setBoolean("ready", isModelReady("square", 3));
    response.setBoolean("loaded", loadModel("absent", "{}"));
    response.setBoolean("unloaded", unloadModel("square", true));
  }
}

const model = new Calls();

export function triton_execute(): i32 {
  return model.onExecute();
}
