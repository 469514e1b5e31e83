import { type BatchFunctionsOf, STATUS_NONE } from "./abi.js";
import type { Border } from "./border.js";
import type { BatchServices } from "./services.js";
import { shapeBytes } from "./shape.js";

/** The host functions that describe and read the inputs of a request. */
export function inputImports(border: Border, batch: BatchServices): BatchFunctionsOf<"input"> {
  return {
    input_count: (request: number) => batch.inputCount(border.request(request)),
    input_find: (request: number, name: number, length: number) => {
      const r = border.request(request);
      const at = border.range(name, length, "an input's name");
      return batch.findInput(r, border.bytes, at, length >>> 0) ?? STATUS_NONE;
    },
    input_name: (request: number, input: number, target: number, capacity: number) => {
      const r = border.request(request);
      const i = border.input(r, input);
      const at = border.range(target, capacity, "a buffer for an input's name");
      return batch.inputName(r, i, border.bytes, at, capacity >>> 0);
    },
    input_datatype: (request: number, input: number) => {
      const r = border.request(request);
      return batch.inputDatatype(r, border.input(r, input));
    },
    input_shape: (request: number, input: number, target: number, capacity: number) => {
      const r = border.request(request);
      const i = border.input(r, input);
      const at = border.wideRange(target, shapeBytes(capacity), "a buffer for an input's shape");
      return batch.inputShape(r, i, border.bytes, at, capacity >>> 0);
    },
    input_byte_size: (request: number, input: number) => {
      const r = border.request(request);
      return batch.inputByteSize(r, border.input(r, input));
    },
    input_read: (
      request: number,
      input: number,
      offset: number,
      target: number,
      length: number,
    ) => {
      const r = border.request(request);
      const i = border.input(r, input);
      const at = border.range(target, length, "a buffer for an input's data");
      return batch.readInput(r, i, offset >>> 0, border.bytes, at, length >>> 0);
    },
  };
}
