/**
 * The guest ABI (docs/guest-abi.md). The functions with their types are made from sdk/abi.json, on top of which stands how to
 * add one.
 */
import {
  BATCH_IMPORTS,
  type BatchFunctions,
  MODEL_IMPORTS,
  PARAMETER_IMPORTS,
  type ParameterFunctions,
} from "./abi-functions.js";

export {
  ABI_NAMESPACE,
  BATCH_IMPORTS,
  MODEL_IMPORTS,
  type ModelFunctions,
  PARAMETER_IMPORTS,
  type ParameterFunctions,
} from "./abi-functions.js";

/** No release of Triton takes a double from its Python backend: the server would throw while it sends (r25.02, r26.07). */
export const UNCARRIED_PARAMETER = "response_parameter_double";

/** Every function that a guest may import from the namespace of the ABI. */
export const ABI_IMPORTS: Readonly<Record<string, string>> = {
  ...MODEL_IMPORTS,
  ...BATCH_IMPORTS,
  ...PARAMETER_IMPORTS,
};

/** The batch's functions whose names begin so: each file of imports has those of one prefix. */
export type BatchFunctionsOf<Prefix extends string> = Pick<
  BatchFunctions,
  Extract<keyof BatchFunctions, `${Prefix}_${string}`>
>;

/** Those that make a response. */
export type ResponseFunctions = BatchFunctionsOf<"response"> & ParameterFunctions;

/** What a guest exports: its name, and the type that it must have. */
export const ABI_EXPORTS = {
  memory: "memory",
  execute: "triton_execute",
  initialize: "triton_initialize",
  finalize: "triton_finalize",
  autoComplete: "triton_auto_complete",
  /** Run first when it exists: how reactors of other toolchains set themselves up. */
  reactor: "_initialize",
} as const;

/** Status of a host function that did what it was asked. */
export const STATUS_OK = 0;
/** There is no such thing: an unknown key, a name that no input or requested output has. */
export const STATUS_NONE = -1;
/** The host has not done what it was asked, and `last_error` has the reason. */
export const STATUS_REFUSED = -1;
/** The request has failed; its error is already recorded, the guest may go on with the next request. */
export const STATUS_REQUEST_FAILED = -2;
