import type { Random } from "../../support/random.js";
import { INPUTS, OUTPUTS } from "../../support/region/batch-server.js";
import { mutate } from "../mutate.js";
import { hostile32 } from "../numbers.js";
import { ProgramWriter } from "../program.js";
import { FUNCTIONS, type GuestCallable } from "./functions.js";
import { NAMES, PAGE_BYTES, SHAPES, TENSORS, TEXTS, VECTORS } from "./guest-page.js";
import { HANDLES } from "./streams.js";

/** Beside the functions, a step may write to the guest's memory. */
export const POKE = FUNCTIONS.length;
export const FILL = POKE + 1;
export const STEPS = FILL + 1;

const BYTES = 13;
const WIDTHS = [0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 0, 2];
const DOUBLES = [0, 1, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Requests with the indexes of what they have. */
const PLACES_OF_OUTPUTS = OUTPUTS.flatMap((outputs, request) =>
  outputs.map((_, output) => [request, output] as const),
);
const PLACES_OF_INPUTS = INPUTS.flatMap((inputs, request) =>
  inputs.map((_, input) => [request, input] as const),
);

/** Calls that the ABI is mostly about come more often. */
const OFTEN = FUNCTIONS.map(({ name }, index) => ({ name, index }))
  .filter(({ name }) =>
    /^(output_|input_read|response_|fd_write|set_input|compute|get_output)/.test(name),
  )
  .map(({ index }) => index);

/** A computation with wasi-nn, whose functions lead to nothing in another order. */
const COMPUTATION = [
  "load_by_name",
  "init_execution_context",
  "set_input",
  "set_input",
  "compute",
  "get_output",
  "get_output",
].map((wanted) => FUNCTIONS.findIndex(({ name }) => name === wanted));

/** A program of calls: most have arguments of which most are right. */
export function makeProgram(random: Random): Uint8Array {
  const writer = new ProgramWriter().u8(random.below(256)).u8(random.below(256));
  // The more of them, the smaller the chance that all pass.
  const carefully = random.pick([12, 200, 2_000]);
  if (random.once(4)) {
    for (const index of COMPUTATION) writeCall(writer, random, index, carefully);
  }
  for (let left = 1 + random.below(16); left > 0; left--) writeStep(writer, random, carefully);
  const program = writer.finish();
  return random.once(8) ? mutate(program, [program], random) : program;
}

/** @param carefully one in so many arguments is hostile */
function writeStep(writer: ProgramWriter, random: Random, carefully: number): void {
  if (random.once(10)) {
    writer.u8(POKE).u32(pointer(random)).u32(hostile32(random)).u32(hostile32(random));
  } else if (random.once(15)) {
    const word = random.pick([
      [0x0a0a0a0a, 0x0a0a0a0a],
      [0, PAGE_BYTES],
      [1, 0],
    ]);
    writer
      .u8(FILL)
      .u32(random.pick([0, VECTORS.at]))
      .u32(random.pick([VECTORS.count, PAGE_BYTES]));
    for (const half of word) writer.u32(half);
  } else {
    const index = random.once(2) ? random.pick(OFTEN) : random.below(FUNCTIONS.length);
    writeCall(writer, random, index, carefully);
  }
}

/** @param index of the function */
function writeCall(writer: ProgramWriter, random: Random, index: number, carefully: number): void {
  writer.u8(index);
  writeArguments(writer, random, FUNCTIONS[index]!, carefully);
}

function writeArguments(
  writer: ProgramWriter,
  random: Random,
  { name, parameters }: GuestCallable,
  carefully: number,
): void {
  const likely = likelyArguments(name, random);
  for (const [index, type] of [...parameters].entries()) {
    if (type === "F") writer.u64(doubleBits(random.pick(DOUBLES)));
    else if (type === "I") writer.u32(hostile32(random)).u32(hostile32(random));
    else if (random.once(carefully)) writer.u32(hostile32(random));
    else writer.u32(likely[index] ?? pointer(random));
  }
}

function likelyArguments(name: string, random: Random): readonly number[] {
  const [index, output] = random.pick(PLACES_OF_OUTPUTS);
  const request = random.once(6) ? HANDLES[index]! : index;
  const [asked, input] = random.pick(PLACES_OF_INPUTS);
  const { text, at } = random.pick(NAMES);
  const length = random.below(80);
  const shape = random.pick(SHAPES);
  const rank = shape.dimensions.length;
  const datatype = random.once(3) ? BYTES : random.below(WIDTHS.length);
  switch (name) {
    case "output_create":
      return [request, output, datatype, shape.at, rank, bytesOf(datatype, shape.dimensions)];
    case "output_zero":
      return [request, output, datatype, shape.at, rank];
    case "output_write":
      return random.once(3)
        ? [request, output, 0, TEXTS.at, TEXTS.bytes]
        : [request, output, random.below(12), pointer(random), random.below(16)];
    case "output_copy_input":
      return [request, output, index === asked ? input : 0];
    case "input_read":
      return [asked, input, random.below(30), pointer(random), length];
    case "input_name":
    case "input_shape":
      return [asked, input, pointer(random), length];
    case "output_name":
      return [request, output, pointer(random), length];
    case "input_find":
    case "output_find":
      return [request, at, text.length];
    case "argument":
      return [at, text.length, pointer(random), length];
    case "model_parameter":
      return [at, text.length, pointer(random), length];
    case "config_tensor_name":
    case "config_tensor_shape":
    case "config_tensor_datatype":
      return [0, 0, pointer(random), length];
    case "config_tensor_find":
      return [random.below(2), at, text.length];
    case "request_parameter":
    case "request_parameter_type":
    case "request_parameter_int":
    case "request_parameter_double":
      return [request, at, text.length, pointer(random), length];
    case "response_error":
      return [request, random.below(9), pointer(random), length];
    case "metric_new":
      return [random.below(2), at, text.length, at, text.length];
    case "metric_create":
      return [
        random.below(4),
        at,
        text.length,
        at,
        text.length,
        VECTORS.at,
        random.below(3),
        pointer(random),
        random.below(3),
      ];
    case "metric_observe":
    case "metric_value":
    case "metric_delete":
      return [random.below(4), pointer(random)];
    case "file_name":
      return [random.below(2), pointer(random), length];
    case "file_size":
    case "file_read":
      return [at, text.length, 0, pointer(random), length];
    case "path_open":
      return [3, 0, at, text.length, random.once(4) ? random.below(16) : 0, 0, pointer(random)];
    case "path_filestat_get":
      return [3, 0, at, text.length, pointer(random)];
    case "fd_pread":
    case "fd_read":
      return [3 + random.below(3), VECTORS.at, random.below(4), pointer(random), pointer(random)];
    case "fd_readdir":
      return [3 + random.below(2), pointer(random), length, 0, pointer(random)];
    case "fd_filestat_get":
    case "fd_prestat_get":
    case "fd_tell":
    case "fd_close":
      return [3 + random.below(3), pointer(random)];
    case "fd_write":
      return [1 + random.below(2), VECTORS.at, random.pick([1, 2, VECTORS.count]), pointer(random)];
    case "response_send":
    case "response_finish":
    case "request_keep":
    case "request_is_cancelled":
    case "request_reschedule":
      return [random.once(3) ? random.pick(HANDLES) : request];
    case "log":
      return [random.below(4), pointer(random), length];
    case "load_by_name":
      return [at, text.length, pointer(random)];
    case "init_execution_context":
      return [random.below(2) & random.below(2), pointer(random)];
    case "set_input":
      return [random.below(2) & random.below(2), random.below(3), random.pick(TENSORS).at];
    case "compute":
      return [random.below(2) & random.below(2)];
    case "get_output":
      return [0, random.below(3), pointer(random), length, pointer(random)];
    default:
      return /^(input|output)_/.test(name)
        ? [asked, input]
        : [random.below(3), pointer(random), length, pointer(random), length];
  }
}

function bytesOf(datatype: number, dimensions: readonly bigint[]): number {
  if (datatype === BYTES) return TEXTS.bytes;
  const elements = dimensions.reduce((product, dimension) => product * dimension, 1n);
  return Number(BigInt.asUintN(32, elements * BigInt(WIDTHS[datatype]!)));
}

function pointer(random: Random): number {
  return random.once(16) ? PAGE_BYTES - random.below(100) : random.below(PAGE_BYTES - 100);
}

function doubleBits(value: number): bigint {
  return new DataView(Float64Array.of(value).buffer).getBigUint64(0, true);
}
