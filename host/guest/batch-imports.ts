import { StubError } from "../errors.js";
import { TENSOR_MAX_RANK } from "../limits.js";
import { type BatchImport, STATUS_OK, STATUS_REQUEST_FAILED } from "./abi.js";
import type { Border, HostFunction, WasmNumber } from "./border.js";
import type { BatchServices } from "./services.js";

const DIMENSION_BYTES = 8;

/** The host functions of the batch that take no 64-bit number. */
export function batchImports(
  border: Border,
  batch: BatchServices,
): Record<
  Exclude<BatchImport, "response_parameter_int" | "response_parameter_double">,
  HostFunction
> {
  return {
    request_count: () => batch.requestCount(),
    request_id: (request, target, capacity) => {
      const id = batch.requestId(border.request(request!));
      return border.write(id, target!, capacity!, "a buffer for a request's id");
    },
    request_correlation_id: (request, target, capacity) => {
      const id = String(batch.correlationId(border.request(request!)));
      return border.write(id, target!, capacity!, "a buffer for a correlation id");
    },
    request_correlation_id_type: (request) =>
      batch.hasTextCorrelationId(border.request(request!)) ? 1 : 0,
    input_count: (request) => batch.inputCount(border.request(request!)),
    input_name: (request, input, target, capacity) => {
      const r = border.request(request!);
      const i = border.input(r, input!);
      const bytes = border.range(target!, capacity!, "a buffer for an input's name");
      return batch.inputName(r, i, bytes, target! >>> 0, capacity! >>> 0);
    },
    input_datatype: (request, input) => {
      const r = border.request(request!);
      return batch.inputDatatype(r, border.input(r, input!));
    },
    input_shape: (request, input, target, capacity) => {
      const r = border.request(request!);
      const i = border.input(r, input!);
      const length = (capacity! >>> 0) * DIMENSION_BYTES;
      const bytes = border.wideRange(target!, length, "a buffer for an input's shape");
      return batch.inputShape(r, i, bytes, target! >>> 0, capacity! >>> 0);
    },
    input_byte_size: (request, input) => {
      const r = border.request(request!);
      return batch.inputByteSize(r, border.input(r, input!));
    },
    output_count: (request) => batch.outputCount(border.request(request!)),
    output_name: (request, output, target, capacity) => {
      const r = border.request(request!);
      const o = border.output(r, output!);
      const bytes = border.range(target!, capacity!, "a buffer for an output's name");
      return batch.outputName(r, o, bytes, target! >>> 0, capacity! >>> 0);
    },
    output_copy_input: (request, output, input) => {
      const r = border.request(request!);
      const o = border.output(r, output!);
      return status(batch.copyInputToOutput(r, o, border.input(r, input!)));
    },
    output_zero: (request, output, datatype, shape, rank) => {
      const r = border.request(request!);
      const o = border.output(r, output!);
      return status(
        batch.zeroOutput(r, o, datatype! >>> 0, readShape(border, shape!, rank! >>> 0)),
      );
    },
    response_error: (request, code, text, length) => {
      const r = border.request(request!);
      batch.failRequest(r, code!, border.line(text!, length!, "an error text"));
      return STATUS_OK;
    },
    response_parameter_string: (request, key, keyLength, text, length) =>
      setParameter(border, batch, request!, key!, keyLength!, () =>
        border.text(text!, length!, "a parameter's text"),
      ),
    response_parameter_bool: (request, key, keyLength, value) =>
      setParameter(border, batch, request!, key!, keyLength!, () => value !== 0),
  };
}

/** `response_parameter_int`, whose value has 64 bits. */
export function integerParameterImport(
  border: Border,
  batch: BatchServices,
): (request: number, key: number, keyLength: number, value: WasmNumber) => number {
  return (request, key, keyLength, value) =>
    setParameter(border, batch, request, key, keyLength, () => toInteger(value));
}

function setParameter(
  border: Border,
  batch: BatchServices,
  request: number,
  key: number,
  keyLength: number,
  value: () => string | bigint | boolean,
): number {
  const r = border.request(request);
  batch.setParameter(r, border.text(key, keyLength, "a parameter's key"), value());
  return STATUS_OK;
}

function toInteger(value: WasmNumber): bigint {
  if (typeof value === "bigint") return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function readShape(border: Border, pointer: number, rank: number): number[] {
  if (rank > TENSOR_MAX_RANK) {
    throw new StubError(
      "ERR_GUEST_ARGUMENT",
      `the model makes an output with ${rank} dimensions, above the limit of ${TENSOR_MAX_RANK}`,
      { rank },
    );
  }
  const bytes = border.wideRange(pointer, rank * DIMENSION_BYTES, "the shape of an output");
  const view = new DataView(bytes.buffer, bytes.byteOffset + (pointer >>> 0));
  const shape: number[] = [];
  for (let index = 0; index < rank; index++) {
    const dimension = view.getBigInt64(index * DIMENSION_BYTES, true);
    if (dimension < 0n || dimension > Number.MAX_SAFE_INTEGER) {
      throw new StubError(
        "ERR_GUEST_ARGUMENT",
        `the model makes an output whose dimension ${index} is ${dimension}`,
        { index, dimension },
      );
    }
    shape.push(Number(dimension));
  }
  return shape;
}

function status(done: boolean): number {
  return done ? STATUS_OK : STATUS_REQUEST_FAILED;
}
