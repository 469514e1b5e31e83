/** OUTPUT0 is INPUT0. */
import { Model, Request } from "../../../assembly/sdk";

class Identity extends Model {
  execute(request: Request): void {
    const input = request.requireInput("INPUT0");
    const output = request.response.output("OUTPUT0");
    if (input != null && output != null) output.copy(input);
  }
}

const model = new Identity();

export function triton_execute(): i32 {
  return model.onExecute();
}
