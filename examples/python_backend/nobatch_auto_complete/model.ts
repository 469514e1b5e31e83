/**
 * Completes its own configuration: config.pbtxt names only the backend. OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1.
 */
import {
  Datatype,
  ErrorCode,
  Model,
  ModelConfig,
  Request,
  sameShape,
  shapeText,
} from "../../../assembly/sdk";

/** A tensor of four 32-bit floats, as a member of the configuration's JSON. */
function tensor(name: string): string {
  return `{"name": "${name}", "data_type": "TYPE_FP32", "dims": [4]}`;
}

class NoBatchAutoComplete extends Model {
  /** The server calls it before it creates instances. Members that are missing in the result stay as they are. */
  // biome-ignore lint/correctness/noUnusedFunctionParameters: ModelConfig has what the model needs of it
  autoComplete(config: string): string | null {
    const members = ['"max_batch_size": 0'];
    // What the author of config.pbtxt has written has precedence.
    if (ModelConfig.inputs().length == 0) {
      members.push(`"input": [${tensor("INPUT0")}, ${tensor("INPUT1")}]`);
    }
    if (ModelConfig.outputs().length == 0) {
      members.push(`"output": [${tensor("OUTPUT0")}, ${tensor("OUTPUT1")}]`);
    }
    return `{${members.join(", ")}}`;
  }

  execute(request: Request): void {
    const input0 = request.requireInput("INPUT0");
    const input1 = request.requireInput("INPUT1");
    if (input0 == null || input1 == null) return;
    const left = input0.data<f32>();
    if (left == null) return;
    const right = input1.data<f32>();
    if (right == null) return;
    const shape = input0.shape;
    if (!sameShape(shape, input1.shape)) {
      const shapes = `INPUT0 has shape ${shapeText(shape)}, INPUT1 has shape ${shapeText(input1.shape)}`;
      request.response.error(ErrorCode.InvalidArg, `${shapes}; they must be equal`);
      return;
    }
    const sums = new StaticArray<f32>(left.length);
    const differences = new StaticArray<f32>(left.length);
    for (let at = 0; at < left.length; at++) {
      sums[at] = left[at] + right[at];
      differences[at] = left[at] - right[at];
    }
    const output0 = request.response.output("OUTPUT0");
    const output1 = request.response.output("OUTPUT1");
    if (output0 != null && !output0.set<f32>(Datatype.Fp32, shape, sums)) return;
    if (output1 != null) output1.set<f32>(Datatype.Fp32, shape, differences);
  }
}

const model = new NoBatchAutoComplete();

export function triton_auto_complete(): i32 {
  return model.onAutoComplete();
}

export function triton_execute(): i32 {
  return model.onExecute();
}
