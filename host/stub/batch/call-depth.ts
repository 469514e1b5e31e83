import { PARAMETER_TYPE, requestParameter } from "../../guest/request-parameters.js";
import { jsonMembers } from "../../json-members.js";

/**
 * Parameter of a request that a model of this backend has sent: the number of calls that have led to it. The server refuses keys that begin
 * with `triton_` from clients, so no client can set it.
 */
export const CALL_DEPTH_PARAMETER = "triton_wasm_call_depth";

/**
 * Number of calls that have led to a request.
 * @param parameters of the request, as text of a JSON object
 * @returns 0 for a request of a client
 */
export function callDepthOf(parameters: string): number {
  if (!parameters.includes(CALL_DEPTH_PARAMETER)) return 0;
  const parameter = requestParameter(parameters, CALL_DEPTH_PARAMETER);
  return parameter?.type === PARAMETER_TYPE.int ? Math.max(0, Number(parameter.text)) : 0;
}

/**
 * Parameters of a request as its sender has set them: a guest would take the number for one of its client's, or copy it to a response.
 * @param parameters of the request, as text of a JSON object
 */
export function withoutCallDepth(parameters: string): string {
  if (!parameters.includes(CALL_DEPTH_PARAMETER)) return parameters;
  const members = jsonMembers(parameters);
  if (!members.delete(CALL_DEPTH_PARAMETER)) return parameters;
  const texts = [...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return `{${texts.join(",")}}`;
}
