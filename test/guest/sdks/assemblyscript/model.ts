/** The request's id names an input of FP32; OUTPUT0 is a tensor of zeros of its shape, and a parameter says its name. The model is ready after its first batch. */
import { Datatype, Model, Request } from "../../../../assembly/sdk";

class Limits extends Model {
  private served: bool = false;

  isReady(): bool {
    return this.served;
  }

  execute(request: Request): void {
    this.served = true;
    const input = request.requireInput(request.id);
    if (input == null) return;
    const shape = input.requireShape();
    if (shape == null || !input.requireDatatype(Datatype.Fp32)) return;
    const response = request.response;
    response.setString("input", input.name);
    response.setInteger("rank", shape.length);
    const output = response.output("OUTPUT0");
    if (output != null) output.create(Datatype.Fp32, shape, input.byteSize);
  }
}

const model = new Limits();

export function triton_execute(): i32 {
  return model.onExecute();
}

export function triton_is_ready(): i32 {
  return model.onIsReady();
}
