import { messageOf, StubError } from "../errors.js";
import {
  ABI_EXPORTS,
  type CallFunctions,
  STATUS_NONE,
  STATUS_OK,
  STATUS_REFUSED,
  STATUS_REQUEST_FAILED,
} from "./abi.js";
import { type Border, checkIndex } from "./border.js";
import type { BatchServices, CallServices, ParameterValue } from "./services.js";
import { readShape, shapeBytes } from "./shape.js";

type Refuse = (action: () => number | undefined) => number;

/** The host functions that call other models. What the server or the host refuses is a status, and not a trap. */
export function callImports(
  border: Border,
  calls: CallServices,
  batch: BatchServices,
): CallFunctions {
  const orRefused: Refuse = (action) => {
    try {
      return action() ?? STATUS_OK;
    } catch (error) {
      if ((error as StubError).code !== "ERR_CALL_REFUSED") throw error;
      border.lastError = messageOf(error);
      return STATUS_REFUSED;
    }
  };
  return {
    ...creationImports(border, calls, orRefused),
    ...inputImports(border, calls, batch, orRefused),
    ...attributeImports(border, calls, orRefused),
    ...answerImports(border, calls, orRefused),
    ...responseImports(border, calls),
    ...outputImports(border, calls),
  };
}

/** @throws StubError ERR_GUEST_ARGUMENT unless the guest executes a batch */
export function requireExecute({ running }: Border): void {
  if (running === ABI_EXPORTS.execute) return;
  throw new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model calls another model in ${running}: the server accepts calls only from ${ABI_EXPORTS.execute}`,
  );
}

/** The functions whose names are listed. */
type Of<Names extends keyof CallFunctions> = Pick<CallFunctions, Names>;

/** @throws StubError ERR_GUEST_POINTER unless the call is open */
function open(calls: CallServices, call: number): number {
  const number = call >>> 0;
  if (calls.isOpen(number)) return number;
  throw new StubError(
    "ERR_GUEST_POINTER",
    `the model uses call ${number}, which is not open: call_create opens a call, and call_close or the end of triton_execute closes it`,
    { call: number },
  );
}

function creationImports(
  border: Border,
  calls: CallServices,
  orRefused: Refuse,
): Of<"call_create" | "call_output" | "call_close"> {
  return {
    call_create: (model: number, length: number, version: bigint) => {
      requireExecute(border);
      const name = border.text(model, length, "a model's name");
      return orRefused(() => calls.create(name, version));
    },
    call_output: (call: number, name: number, length: number) => {
      const c = open(calls, call);
      calls.requestOutput(c, border.text(name, length, "an output's name"));
      return STATUS_OK;
    },
    call_close: (call: number) => {
      calls.close(open(calls, call));
      return STATUS_OK;
    },
  };
}

function inputImports(
  border: Border,
  calls: CallServices,
  batch: BatchServices,
  orRefused: Refuse,
): Of<"call_input" | "call_input_from" | "call_input_from_call"> {
  const nameOf = (name: number, length: number) => border.text(name, length, "an input's name");
  return {
    call_input: (
      call: number,
      name: number,
      nameLength: number,
      datatype: number,
      shape: number,
      rank: number,
      source: number,
      length: number,
    ) => {
      const c = open(calls, call);
      const text = nameOf(name, nameLength);
      const dimensions = readShape(border, shape, rank, () => `input '${text}' of a call`);
      const at = border.range(source, length, "an input's data");
      return orRefused(() => {
        calls.copyInput(c, text, datatype >>> 0, dimensions, border.bytes, at, length >>> 0);
        return STATUS_OK;
      });
    },
    call_input_from: (
      call: number,
      name: number,
      nameLength: number,
      request: number,
      input: number,
    ) => {
      const c = open(calls, call);
      const text = nameOf(name, nameLength);
      const r = border.request(request);
      const i = checkIndex("input", input, batch.inputCount(r));
      return orRefused(() => {
        calls.shareInput(c, text, r, i);
        return STATUS_OK;
      });
    },
    call_input_from_call: (
      call: number,
      name: number,
      nameLength: number,
      source: number,
      output: number,
    ) => {
      const c = open(calls, call);
      const text = nameOf(name, nameLength);
      const from = open(calls, source);
      const o = checkIndex("output", output, calls.outputCount(from));
      return orRefused(() => {
        calls.shareOutput(c, text, from, o);
        return STATUS_OK;
      });
    },
  };
}

function attributeImports(
  border: Border,
  calls: CallServices,
  orRefused: Refuse,
): Of<
  | "call_parameter_string"
  | "call_parameter_int"
  | "call_parameter_bool"
  | "call_request_id"
  | "call_correlation_id"
  | "call_correlation_id_string"
  | "call_flags"
  | "call_timeout"
  | "call_trace_from"
> {
  const parameter = (call: number, key: number, length: number, value: () => ParameterValue) => {
    const c = open(calls, call);
    calls.setParameter(c, border.text(key, length, "a parameter's key"), value());
    return STATUS_OK;
  };
  return {
    call_parameter_string: (call, key, keyLength, text, length) =>
      parameter(call, key, keyLength, () => border.text(text, length, "a parameter's text")),
    call_parameter_int: (call, key, keyLength, value) =>
      parameter(call, key, keyLength, () => value),
    call_parameter_bool: (call, key, keyLength, value) =>
      parameter(call, key, keyLength, () => value !== 0),
    call_request_id: (call, text, length) => {
      const c = open(calls, call);
      calls.setId(c, border.text(text, length, "a request's id"));
      return STATUS_OK;
    },
    call_correlation_id: (call, id) => {
      calls.setCorrelationId(open(calls, call), BigInt.asUintN(64, id));
      return STATUS_OK;
    },
    call_correlation_id_string: (call, text, length) => {
      const c = open(calls, call);
      const id = border.text(text, length, "a correlation id");
      return orRefused(() => {
        calls.setCorrelationId(c, id);
        return STATUS_OK;
      });
    },
    call_flags: (call, flags) => {
      calls.setFlags(open(calls, call), flags >>> 0);
      return STATUS_OK;
    },
    call_timeout: (call, microseconds) => {
      calls.setTimeout(open(calls, call), BigInt.asUintN(64, microseconds));
      return STATUS_OK;
    },
    call_trace_from: (call, request) => {
      calls.setTrace(open(calls, call), border.request(request));
      return STATUS_OK;
    },
  };
}

function answerImports(
  border: Border,
  calls: CallServices,
  orRefused: Refuse,
): Of<"call_send" | "call_wait" | "call_wait_any" | "call_cancel" | "output_forward"> {
  return {
    call_send: (call, streams) => {
      const c = open(calls, call);
      return orRefused(() => {
        calls.send(c, streams !== 0);
        return STATUS_OK;
      });
    },
    call_wait: (call, milliseconds) => calls.wait(open(calls, call), milliseconds >>> 0),
    call_wait_any: (milliseconds) => calls.waitAny(milliseconds >>> 0),
    call_cancel: (call) => (calls.cancel(open(calls, call)) ? STATUS_OK : STATUS_NONE),
    output_forward: (request, output, call, callOutput) => {
      const r = border.request(request);
      const o = border.output(r, output);
      const c = open(calls, call);
      const from = checkIndex("output", callOutput, calls.outputCount(c));
      return calls.forwardOutput(r, o, c, from) ? STATUS_OK : STATUS_REQUEST_FAILED;
    },
  };
}

function responseImports(
  border: Border,
  calls: CallServices,
): Of<"call_error_code" | "call_error" | "call_response_parameters"> {
  return {
    call_error_code: (call) => calls.error(open(calls, call))?.code ?? STATUS_NONE,
    call_error: (call, target, capacity) => {
      const error = calls.error(open(calls, call));
      if (error === undefined) return STATUS_NONE;
      return border.write(error.message, target, capacity, "a buffer for an error text");
    },
    call_response_parameters: (call, target, capacity) => {
      const json = calls.responseParameters(open(calls, call));
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
    call_output_count: (call) => calls.outputCount(open(calls, call)),
    call_output_find: (call, name, length) => {
      const c = open(calls, call);
      const at = border.range(name, length, "an output's name");
      const wanted = border.bytes.subarray(at, at + (length >>> 0));
      const count = calls.outputCount(c);
      for (let index = 0; index < count; index++) {
        if (Buffer.compare(calls.outputName(c, index), wanted) === 0) return index;
      }
      return STATUS_NONE;
    },
    call_output_name: (call, output, target, capacity) => {
      const c = open(calls, call);
      const name = calls.outputName(c, outputOf(c, output));
      const at = border.range(target, capacity, "a buffer for an output's name");
      border.bytes.set(name.subarray(0, capacity >>> 0), at);
      return name.length;
    },
    call_output_datatype: (call, output) => {
      const c = open(calls, call);
      return calls.outputDatatype(c, outputOf(c, output));
    },
    call_output_shape: (call, output, target, capacity) => {
      const c = open(calls, call);
      const shape = calls.outputShape(c, outputOf(c, output));
      const at = border.wideRange(target, shapeBytes(capacity), "a buffer for an output's shape");
      writeShape(border.bytes, at, shape.slice(0, capacity >>> 0));
      return shape.length;
    },
    call_output_byte_size: (call, output) => {
      const c = open(calls, call);
      return calls.outputByteSize(c, outputOf(c, output));
    },
    call_output_read: (call, output, offset, target, length) => {
      const c = open(calls, call);
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
