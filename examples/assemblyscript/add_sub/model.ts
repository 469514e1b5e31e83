/** OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, of 32-bit floats in tensors of one shape. */
import { Datatype, ErrorCode, Model, Request, sameShape, shapeText } from "../../../assembly/sdk";

/** Large enough for few host calls, small enough that three slices fit the processor's cache. */
const SLICE_BYTES: i32 = 65536;
const VECTOR_BYTES: i32 = 16;

const left: usize = memory.data(SLICE_BYTES, 16);
const right: usize = memory.data(SLICE_BYTES, 16);
const result: usize = memory.data(SLICE_BYTES, 16);

class AddSub extends Model {
  execute(request: Request): void {
    const input0 = request.requireInput("INPUT0");
    const input1 = request.requireInput("INPUT1");
    if (input0 == null || input1 == null) return;
    if (!input0.requireDatatype(Datatype.Fp32) || !input1.requireDatatype(Datatype.Fp32)) return;
    const shape = input0.requireShape();
    if (shape == null) return;
    const shape1 = input1.requireShape();
    if (shape1 == null) return;
    const response = request.response;
    if (!sameShape(shape, shape1)) {
      const shapes = `INPUT0 has shape ${shapeText(shape)}, INPUT1 has shape ${shapeText(shape1)}`;
      response.error(ErrorCode.InvalidArg, `${shapes}; they must be equal`);
      return;
    }
    const size = input0.byteSize;
    const sum = response.output("OUTPUT0");
    const difference = response.output("OUTPUT1");
    if (sum != null && !sum.create(Datatype.Fp32, shape, size)) return;
    if (difference != null && !difference.create(Datatype.Fp32, shape, size)) return;
    for (let offset: u32 = 0; offset < size; offset += SLICE_BYTES) {
      const bytes = input0.read(offset, left, SLICE_BYTES);
      input1.read(offset, right, SLICE_BYTES);
      if (sum != null) {
        add(bytes);
        sum.write(offset, result, bytes);
      }
      if (difference != null) {
        subtract(bytes);
        difference.write(offset, result, bytes);
      }
    }
  }
}

/** The last vector of an odd size also contains old bytes, which are not written to the output. */
function add(bytes: i32): void {
  for (let at = 0; at < bytes; at += VECTOR_BYTES) {
    v128.store(result + at, f32x4.add(v128.load(left + at), v128.load(right + at)));
  }
}

function subtract(bytes: i32): void {
  for (let at = 0; at < bytes; at += VECTOR_BYTES) {
    v128.store(result + at, f32x4.sub(v128.load(left + at), v128.load(right + at)));
  }
}

const model = new AddSub();

export function triton_execute(): i32 {
  return model.onExecute();
}
