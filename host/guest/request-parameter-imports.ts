import { type BatchFunctionsOf, STATUS_NONE } from "./abi.js";
import type { Border } from "./border.js";
import { PARAMETER_TYPE, type RequestParameter, requestParameter } from "./request-parameters.js";
import type { BatchServices } from "./services.js";

/** The host functions that read one parameter of a request by its key. */
export function requestParameterImports(
  border: Border,
  batch: BatchServices,
): Omit<BatchFunctionsOf<"request_parameter">, "request_parameters"> {
  const find = (request: number, key: number, keyLength: number): RequestParameter | undefined => {
    const json = batch.requestParameters(border.request(request));
    return requestParameter(json, border.text(key, keyLength, "a parameter's key"));
  };
  return {
    request_parameter_type: (request: number, key: number, keyLength: number) =>
      find(request, key, keyLength)?.type ?? PARAMETER_TYPE.none,
    request_parameter: (
      request: number,
      key: number,
      keyLength: number,
      target: number,
      capacity: number,
    ) => {
      const parameter = find(request, key, keyLength);
      if (parameter === undefined) return STATUS_NONE;
      return border.write(parameter.text, target, capacity, "a buffer for a parameter");
    },
    request_parameter_int: (request: number, key: number, keyLength: number) => {
      const parameter = find(request, key, keyLength);
      if (parameter?.type === PARAMETER_TYPE.bool) return parameter.text === "true" ? 1n : 0n;
      return parameter?.type === PARAMETER_TYPE.int
        ? BigInt.asIntN(64, BigInt(parameter.text))
        : 0n;
    },
    request_parameter_double: (request: number, key: number, keyLength: number) => {
      const parameter = find(request, key, keyLength);
      const { int, double } = PARAMETER_TYPE;
      return parameter?.type === int || parameter?.type === double ? Number(parameter.text) : 0;
    },
  };
}
