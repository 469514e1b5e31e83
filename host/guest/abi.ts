/**
 * The guest ABI (docs/guest-abi.md). Its functions and their types are generated from sdk/abi.json, which also says how to add a function.
 */
import {
  BATCH_IMPORTS,
  type BatchFunctions,
  CALL_IMPORTS,
  MODEL_IMPORTS,
  PARAMETER_IMPORTS,
  type ParameterFunctions,
  STREAM_IMPORTS,
} from "./abi-functions.js";

export {
  ABI_NAMESPACE,
  BATCH_IMPORTS,
  CALL_IMPORTS,
  type CallFunctions,
  MODEL_IMPORTS,
  type ModelFunctions,
  PARAMETER_IMPORTS,
  type ParameterFunctions,
  STREAM_IMPORTS,
  type StreamFunctions,
} from "./abi-functions.js";

/**
 * No release of Triton accepts a double from a Python-based backend: the server would throw when it sends the response (r25.02, r26.07).
 */
export const UNCARRIED_PARAMETER = "response_parameter_double";

/** Every function that a guest may import from the namespace of the ABI. */
export const ABI_IMPORTS: Readonly<Record<string, string>> = {
  ...MODEL_IMPORTS,
  ...BATCH_IMPORTS,
  ...PARAMETER_IMPORTS,
  ...STREAM_IMPORTS,
  ...CALL_IMPORTS,
};

/** The functions of the batch whose names begin with a prefix. Each *-imports.ts file implements the functions of one prefix. */
export type BatchFunctionsOf<Prefix extends string> = Pick<
  BatchFunctions,
  Extract<keyof BatchFunctions, Prefix | `${Prefix}_${string}` | `${Prefix}s`>
>;

/** The functions that set errors and parameters of a response. */
export type ResponseFunctions = BatchFunctionsOf<"response"> & ParameterFunctions;

/** Names of the exports of a guest. checks/exports.ts has their types. */
export const ABI_EXPORTS = {
  memory: "memory",
  execute: "triton_execute",
  poll: "triton_poll",
  /** From 26.03 on the server asks whether the model is ready. */
  isReady: "triton_is_ready",
  initialize: "triton_initialize",
  finalize: "triton_finalize",
  autoComplete: "triton_auto_complete",
  /** Runs first, if it exists: reactors of some toolchains initialise themselves in it. */
  reactor: "_initialize",
} as const;

/** Status of a host function that succeeded. */
export const STATUS_OK = 0;
/** Not found: an unknown key, or a name that no input or requested output has. */
export const STATUS_NONE = -1;
/** The host refused the call; `last_error` returns the reason. */
export const STATUS_REFUSED = -1;
/** The request has failed and its error is recorded. The guest may continue with the next request. */
export const STATUS_REQUEST_FAILED = -2;
