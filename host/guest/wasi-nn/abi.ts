/** Import namespace of wasi-nn for core modules. */
export const WASI_NN_NAMESPACE = "wasi_ephemeral_nn";

/**
 * All functions of wasi-nn, with their types in the notation of abi-functions.ts. The source is the witx file of the standard
 * (WebAssembly/wasi-nn, wasi-nn.witx) in the lowered form of preview 1: the last argument of a function with a result is where the host
 * writes it, and the returned number is an {@link NN_ERRNO}.
 */
export const WASI_NN_IMPORTS = {
  load: "iiiii->i",
  load_by_name: "iii->i",
  init_execution_context: "ii->i",
  set_input: "iii->i",
  get_output: "iiiii->i",
  compute: "i->i",
} as const;

export type WasiNnFunction = keyof typeof WASI_NN_IMPORTS;

/** Error numbers of wasi-nn (nn_errno). */
export const NN_ERRNO = {
  success: 0,
  invalidArgument: 1,
  busy: 4,
  runtimeError: 5,
  unsupportedOperation: 6,
  tooLarge: 7,
  notFound: 8,
} as const;

export type NnErrno = (typeof NN_ERRNO)[keyof typeof NN_ERRNO];

/** A tensor type of wasi-nn: its number of TRITONSERVER_DataType, and the size of an element in bytes. */
export interface TensorType {
  readonly name: string;
  readonly datatype: number;
  readonly bytes: number;
}

/** The tensor types of wasi-nn (tensor_type), by their numbers. */
export const TENSOR_TYPES: readonly TensorType[] = [
  { name: "f16", datatype: 10, bytes: 2 },
  { name: "f32", datatype: 11, bytes: 4 },
  { name: "f64", datatype: 12, bytes: 8 },
  { name: "u8", datatype: 2, bytes: 1 },
  { name: "i32", datatype: 8, bytes: 4 },
  { name: "i64", datatype: 9, bytes: 8 },
];

/** Error numbers for the codes of TRITONSERVER_Error_Code; other codes are runtime errors. */
export const ERRNO_OF_CODE: ReadonlyMap<number, NnErrno> = new Map([
  [2, NN_ERRNO.notFound],
  [3, NN_ERRNO.invalidArgument],
  [4, NN_ERRNO.busy],
  [5, NN_ERRNO.unsupportedOperation],
]);
