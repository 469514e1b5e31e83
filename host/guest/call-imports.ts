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
import { callResponseImports, openCall as open } from "./call-response-imports.js";
import type { CallServices } from "./call-services.js";
import type { BatchServices, ParameterValue } from "./services.js";
import { readShape } from "./shape.js";

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
    ...callResponseImports(border, calls),
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
