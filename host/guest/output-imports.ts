import { type BatchFunctionsOf, STATUS_NONE, STATUS_OK, STATUS_REQUEST_FAILED } from "./abi.js";
import type { Border } from "./border.js";
import type { BatchServices } from "./services.js";
import { readShape } from "./shape.js";

/** The host functions that create and write the outputs of a request. */
export function outputImports(border: Border, batch: BatchServices): BatchFunctionsOf<"output"> {
  return {
    output_count: (request: number) => batch.outputCount(border.request(request)),
    output_find: (request: number, name: number, length: number) => {
      const r = border.request(request);
      const at = border.range(name, length, "an output's name");
      return batch.findOutput(r, border.bytes, at, length >>> 0) ?? STATUS_NONE;
    },
    output_name: (request: number, output: number, target: number, capacity: number) => {
      const r = border.request(request);
      const o = border.output(r, output);
      const at = border.range(target, capacity, "a buffer for an output's name");
      return batch.outputName(r, o, border.bytes, at, capacity >>> 0);
    },
    output_create: (
      request: number,
      output: number,
      datatype: number,
      shape: number,
      rank: number,
      byteSize: number,
    ) => {
      const r = border.request(request);
      const o = border.output(r, output);
      const dimensions = readShape(border, shape, rank, () => batch.describeOutput(r, o));
      return status(batch.createOutput(r, o, datatype >>> 0, dimensions, byteSize >>> 0));
    },
    output_write: (
      request: number,
      output: number,
      offset: number,
      source: number,
      length: number,
    ) => {
      const r = border.request(request);
      const o = border.output(r, output);
      const at = border.range(source, length, "an output's data");
      return status(batch.writeOutput(r, o, offset >>> 0, border.bytes, at, length >>> 0));
    },
    output_copy_input: (request: number, output: number, input: number) => {
      const r = border.request(request);
      const o = border.output(r, output);
      return status(batch.copyInputToOutput(r, o, border.input(r, input)));
    },
    output_zero: (
      request: number,
      output: number,
      datatype: number,
      shape: number,
      rank: number,
    ) => {
      const r = border.request(request);
      const o = border.output(r, output);
      const dimensions = readShape(border, shape, rank, () => batch.describeOutput(r, o));
      return status(batch.zeroOutput(r, o, datatype >>> 0, dimensions));
    },
  };
}

function status(made: boolean): number {
  return made ? STATUS_OK : STATUS_REQUEST_FAILED;
}
