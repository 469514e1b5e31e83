/** OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, also those of UTF-8 characters, are unchanged. */
import {
  Datatype,
  ErrorCode,
  elementCount,
  Model,
  Request,
  shapeText,
} from "../../../assembly/sdk";

const SLICE_BYTES: i32 = 65536;
const LENGTH_BYTES: i32 = 4;

const slice: usize = memory.data(SLICE_BYTES);

/** Bytes of the current element that are not read yet. */
let open: u32 = 0;
/** Number of elements that have begun. */
let elements: i64 = 0;

class StringUpper extends Model {
  execute(request: Request): void {
    const input = request.requireInput("INPUT0");
    const output = request.response.output("OUTPUT0");
    if (input == null || output == null) return;
    if (!input.requireDatatype(Datatype.Bytes)) return;
    const shape = input.requireShape();
    if (shape == null) return;
    const size = input.byteSize;
    if (!output.create(Datatype.Bytes, shape, size)) return;
    open = 0;
    elements = 0;
    let offset: u32 = 0;
    while (offset < size) {
      const done = upperSlice(input.read(offset, slice, SLICE_BYTES));
      if (done == 0) break;
      output.write(offset, slice, done);
      offset += done;
    }
    if (offset < size || open > 0) {
      request.response.error(ErrorCode.InvalidArg, "input INPUT0 ends within an element");
    } else if (elements != elementCount(shape)) {
      const text = `input INPUT0 has ${elements} elements, but the shape ${shapeText(shape)}`;
      request.response.error(ErrorCode.InvalidArg, text);
    }
  }
}

/** @returns number of processed bytes: all, except a length that continues after the slice; 0 if the slice has only that */
function upperSlice(bytes: i32): i32 {
  let at = 0;
  let more = true;
  while (more) {
    const part = <i32>min(open, <u32>(bytes - at));
    upper(slice + at, part);
    at += part;
    open -= part;
    more = bytes - at >= LENGTH_BYTES;
    if (more) {
      open = load<u32>(slice + at);
      elements++;
      at += LENGTH_BYTES;
    }
  }
  return at;
}

function upper(start: usize, length: i32): void {
  for (let at = 0; at < length; at++) {
    const byte = load<u8>(start + at);
    if (<u32>byte - 0x61 < 26) store<u8>(start + at, byte - 0x20);
  }
}

const model = new StringUpper();

export function triton_execute(): i32 {
  return model.onExecute();
}
