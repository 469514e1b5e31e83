/** Parameter of a request that a model of this backend has sent: the number of calls that have led to it. */
export const CALL_DEPTH_PARAMETER = "wasm_call_depth";

/**
 * Number of calls that have led to a request.
 * @param parameters of the request, as text of a JSON object
 * @returns 0 for a request of a client
 */
export function callDepthOf(parameters: string): number {
  if (!parameters.includes(CALL_DEPTH_PARAMETER)) return 0;
  const depth: unknown = JSON.parse(parameters)[CALL_DEPTH_PARAMETER];
  return typeof depth === "number" && depth > 0 ? depth : 0;
}
