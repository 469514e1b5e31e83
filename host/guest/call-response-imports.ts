import { StubError } from "../errors.js";
import { type CallFunctions, STATUS_NONE } from "./abi.js";
import { type Border, checkIndex } from "./border.js";
import type { CallServices } from "./call-services.js";
import { shapeBytes } from "./shape.js";

type Of<Names extends keyof CallFunctions> = Pick<CallFunctions, Names>;

/**
 * Checks the number of a call.
 * @throws StubError ERR_GUEST_POINTER unless the call is open
 */
export function openCall(calls: CallServices, call: number): number {
  const number = call >>> 0;
  if (calls.isOpen(number)) return number;
  throw new StubError(
    "ERR_GUEST_POINTER",
    `the model uses call ${number}, which is not open: call_create opens a call, and call_close or the end of triton_execute closes it`,
    { call: number },
  );
}

/** The host functions that read the current response of a call. */
export function callResponseImports(border: Border, calls: CallServices) {
  return { ...responseImports(border, calls), ...outputImports(border, calls) };
}

function responseImports(
  border: Border,
  calls: CallServices,
): Of<"call_error_code" | "call_error" | "call_response_parameters"> {
  return {
    call_error_code: (call) => calls.error(openCall(calls, call))?.code ?? STATUS_NONE,
    call_error: (call, target, capacity) => {
      const error = calls.error(openCall(calls, call));
      if (error === undefined) return STATUS_NONE;
      return border.write(error.message, target, capacity, "a buffer for an error text");
    },
    call_response_parameters: (call, target, capacity) => {
      const json = calls.responseParameters(openCall(calls, call));
      return border.write(json, target, capacity, "a buffer for a response's parameters");
    },
  };
}

function outputImports(
  border: Border,
  calls: CallServices,
): Of<
  | "call_output_count"
  | "call_output_find"
  | "call_output_name"
  | "call_output_datatype"
  | "call_output_shape"
  | "call_output_byte_size"
  | "call_output_read"
> {
  const outputOf = (call: number, output: number) =>
    checkIndex("output", output, calls.outputCount(call));
  return {
    call_output_count: (call) => calls.outputCount(openCall(calls, call)),
    call_output_find: (call, name, length) => {
      const c = openCall(calls, call);
      const at = border.range(name, length, "an output's name");
      const wanted = border.bytes.subarray(at, at + (length >>> 0));
      const count = calls.outputCount(c);
      for (let index = 0; index < count; index++) {
        if (Buffer.compare(calls.outputName(c, index), wanted) === 0) return index;
      }
      return STATUS_NONE;
    },
    call_output_name: (call, output, target, capacity) => {
      const c = openCall(calls, call);
      const name = calls.outputName(c, outputOf(c, output));
      const at = border.range(target, capacity, "a buffer for an output's name");
      border.bytes.set(name.subarray(0, capacity >>> 0), at);
      return name.length;
    },
    call_output_datatype: (call, output) => {
      const c = openCall(calls, call);
      return calls.outputDatatype(c, outputOf(c, output));
    },
    call_output_shape: (call, output, target, capacity) => {
      const c = openCall(calls, call);
      const shape = calls.outputShape(c, outputOf(c, output));
      const at = border.wideRange(target, shapeBytes(capacity), "a buffer for an output's shape");
      writeShape(border.bytes, at, shape.slice(0, capacity >>> 0));
      return shape.length;
    },
    call_output_byte_size: (call, output) => {
      const c = openCall(calls, call);
      return calls.outputByteSize(c, outputOf(c, output));
    },
    call_output_read: (call, output, offset, target, length) => {
      const c = openCall(calls, call);
      const o = outputOf(c, output);
      const at = border.range(target, length, "a buffer for an output's data");
      return calls.readOutput(c, o, offset >>> 0, border.bytes, at, length >>> 0);
    },
  };
}

function writeShape(bytes: Uint8Array, at: number, shape: readonly bigint[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [index, dimension] of shape.entries()) {
    view.setBigInt64(at + index * 8, dimension, true);
  }
}
