import { ABI_IMPORTS, ABI_NAMESPACE } from "../../../host/guest/abi.js";
import { WASI_IMPORTS, WASI_NAMESPACE } from "../../../host/guest/wasi/abi.js";
import { WASI_NN_IMPORTS, WASI_NN_NAMESPACE } from "../../../host/guest/wasi-nn/abi.js";

/** A host function that a guest may call. */
export interface GuestCallable {
  readonly namespace: string;
  readonly name: string;
  /** Types of its parameters, as in the ABI's table. */
  readonly parameters: string;
  readonly result: string;
}

/** Sleeping is what a deadline is for. */
const SLEEPERS = ["sleep", "poll_oneoff"];

function functionsOf(namespace: string, types: Readonly<Record<string, string>>): GuestCallable[] {
  return Object.entries(types)
    .filter(([name]) => !SLEEPERS.includes(name))
    .map(([name, type]) => {
      const [parameters, result] = type.split("->") as [string, string];
      return { namespace, name, parameters, result };
    });
}

/** Every function of all namespaces that comes back at once. */
export const FUNCTIONS: readonly GuestCallable[] = [
  ...functionsOf(ABI_NAMESPACE, ABI_IMPORTS),
  ...functionsOf(WASI_NAMESPACE, WASI_IMPORTS),
  ...functionsOf(WASI_NN_NAMESPACE, WASI_NN_IMPORTS),
];

/** A part of the guest's memory that a call may write to: which arguments are its place and its length in units. */
interface Target {
  readonly at: number;
  readonly length?: number;
  /** Bytes of a unit, or of the whole without a length. */
  readonly bytes: number;
}

const TARGETS: Readonly<Record<string, readonly Target[]>> = {
  argument: [{ at: 2, length: 3, bytes: 1 }],
  model_parameter: [{ at: 2, length: 3, bytes: 1 }],
  config_name: [{ at: 0, length: 1, bytes: 1 }],
  config_tensor_name: [{ at: 2, length: 3, bytes: 1 }],
  config_tensor_shape: [{ at: 2, length: 3, bytes: 8 }],
  request_parameter: [{ at: 3, length: 4, bytes: 1 }],
  last_error: [{ at: 0, length: 1, bytes: 1 }],
  metric_value: [{ at: 1, bytes: 8 }],
  file_name: [{ at: 1, length: 2, bytes: 1 }],
  file_read: [{ at: 3, length: 4, bytes: 1 }],
  random: [{ at: 0, length: 1, bytes: 1 }],
  request_id: [{ at: 1, length: 2, bytes: 1 }],
  request_correlation_id: [{ at: 1, length: 2, bytes: 1 }],
  request_parameters: [{ at: 1, length: 2, bytes: 1 }],
  input_name: [{ at: 2, length: 3, bytes: 1 }],
  input_shape: [{ at: 2, length: 3, bytes: 8 }],
  input_read: [{ at: 3, length: 4, bytes: 1 }],
  output_name: [{ at: 2, length: 3, bytes: 1 }],
  call_error: [{ at: 1, length: 2, bytes: 1 }],
  call_response_parameters: [{ at: 1, length: 2, bytes: 1 }],
  call_output_name: [{ at: 2, length: 3, bytes: 1 }],
  call_output_shape: [{ at: 2, length: 3, bytes: 8 }],
  call_output_read: [{ at: 3, length: 4, bytes: 1 }],
  args_sizes_get: [
    { at: 0, bytes: 4 },
    { at: 1, bytes: 4 },
  ],
  environ_sizes_get: [
    { at: 0, bytes: 4 },
    { at: 1, bytes: 4 },
  ],
  // One variable, of four bytes with its end.
  environ_get: [
    { at: 0, bytes: 4 },
    { at: 1, bytes: 4 },
  ],
  clock_res_get: [{ at: 1, bytes: 8 }],
  clock_time_get: [{ at: 2, bytes: 8 }],
  fd_fdstat_get: [{ at: 1, bytes: 24 }],
  fd_filestat_get: [{ at: 1, bytes: 64 }],
  fd_prestat_get: [{ at: 1, bytes: 8 }],
  fd_prestat_dir_name: [{ at: 1, bytes: 6 }],
  fd_seek: [{ at: 3, bytes: 8 }],
  fd_tell: [{ at: 1, bytes: 8 }],
  path_filestat_get: [{ at: 4, bytes: 64 }],
  path_open: [{ at: 8, bytes: 4 }],
  fd_write: [{ at: 3, bytes: 4 }],
  random_get: [{ at: 0, length: 1, bytes: 1 }],
  load_by_name: [{ at: 2, bytes: 4 }],
  init_execution_context: [{ at: 1, bytes: 4 }],
  get_output: [
    { at: 2, length: 3, bytes: 1 },
    { at: 4, bytes: 4 },
  ],
};

/** Their targets are in tables of the guest's memory, so nothing is said of where they write. */
const ANYWHERE = ["fd_pread", "fd_read", "fd_readdir"];

/** The files beside the model. */
export const FILES = { IN: Buffer.from("the bytes of a file"), "en/TEXTS": Buffer.alloc(100, 7) };

/** Their results do not say how many bytes they have written. */
const SILENT = /^(random|get_output)/;

/** What {@link TARGETS} knows as the guest's environment. */
export const ENVIRONMENT = { A: "b" };

/** What the server has said of the model. */
export const argumentsOfModel = {
  model_config:
    '{"name":"välue","max_batch_size":8,"input":[{"name":"IN","data_type":"TYPE_FP32","dims":[-1,2]}],"parameters":{"nothing":{"string_value":"x"}}}',
};

/** Where a call may write: [from, to) of the guest's memory, no more than what it says by its result. */
export function targetsOf(
  name: string,
  args: readonly (number | bigint)[],
  result: unknown,
): [number, number][] {
  if (ANYWHERE.includes(name)) return [[0, Number.POSITIVE_INFINITY]];
  const told = SILENT.test(name) ? Number.POSITIVE_INFINITY : Math.max(0, Number(result));
  return (TARGETS[name] ?? []).map(({ at, length, bytes }) => {
    const from = Number(args[at]) >>> 0;
    const units = length === undefined ? 1 : Math.min(Number(args[length]) >>> 0, told);
    return [from, from + units * bytes];
  });
}
