import { ok, strictEqual } from "node:assert";
import { INPUTS, OUTPUTS, parametersOf, requestId } from "../../support/region/batch-server.js";
import { argumentsOfModel } from "./functions.js";

/** More would keep the host busy, and nobody could end that (docs/guest-abi.md). */
const WRITE_MAX_BYTES = 65_536;

/** What a function tells the guest of the batch, worked out once more. */
interface Told {
  readonly bytes: Uint8Array;
  /** Which argument is the place; the capacity follows it. */
  readonly at: number;
  /** Bytes of what results and capacities count. */
  readonly unit: number;
}

/** After a call that returned: result and bytes are the batch's. @param args unsigned */
export function checkRead(
  name: string,
  args: readonly number[],
  result: number,
  memory: Uint8Array,
): void {
  if (name === "fd_write" && result === 0) checkWritten(memory, args[3]!);
  const told = toldBy(name, args);
  if (told === undefined || result < 0) return;
  const [from, capacity] = [args[told.at]!, args[told.at + 1]! * told.unit];
  const whole = told.bytes.length / told.unit;
  strictEqual(result, name === "input_read" ? Math.min(whole, capacity) : whole, name);
  const expected = told.bytes.subarray(0, capacity);
  const read = memory.subarray(from, from + expected.length);
  strictEqual(Buffer.compare(read, expected), 0, `${name} gave other bytes`);
}

function checkWritten(memory: Uint8Array, at: number): void {
  const written = new DataView(memory.buffer).getUint32(at, true);
  ok(written <= WRITE_MAX_BYTES, `fd_write took ${written} bytes`);
}

function toldBy(name: string, args: readonly number[]): Told | undefined {
  const [request, index] = args as [number, number];
  switch (name) {
    case "request_id":
      return text(requestId(request), 1);
    case "request_parameters":
      return text(parametersOf(request), 1);
    case "input_name":
      return text(INPUTS[request]![index]!.name, 2);
    case "output_name":
      return text(OUTPUTS[request]![index]!, 2);
    case "input_shape":
      return { bytes: shape(INPUTS[request]![index]!.shape), at: 2, unit: 8 };
    case "input_read":
      return { bytes: INPUTS[request]![index]!.data.subarray(args[2]), at: 3, unit: 1 };
    case "argument":
      return text(argumentsOfModel.model_config, 2);
    default:
      return undefined;
  }
}

function text(value: string, at: number): Told {
  return { bytes: Buffer.from(value), at, unit: 1 };
}

function shape(dimensions: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(dimensions).buffer);
}
