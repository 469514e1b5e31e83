import { type ResponseFunctions, STATUS_OK } from "./abi.js";
import type { Border } from "./border.js";
import type { BatchServices, ParameterValue } from "./services.js";

/** The host functions that answer a request with an error, and add parameters to a response. */
export function responseImports(border: Border, batch: BatchServices): ResponseFunctions {
  const setParameter = (
    request: number,
    key: number,
    keyLength: number,
    value: () => ParameterValue,
  ) => {
    const r = border.request(request);
    batch.setParameter(r, border.text(key, keyLength, "a parameter's key"), value());
    return STATUS_OK;
  };
  return {
    response_error: (request: number, code: number, text: number, length: number) => {
      const r = border.request(request);
      batch.failRequest(r, code, border.line(text, length, "an error text"));
      return STATUS_OK;
    },
    response_parameter_string: (
      request: number,
      key: number,
      keyLength: number,
      text: number,
      length: number,
    ) =>
      setParameter(request, key, keyLength, () => border.text(text, length, "a parameter's text")),
    response_parameter_int: (request: number, key: number, keyLength: number, value: bigint) =>
      setParameter(request, key, keyLength, () => value),
    response_parameter_bool: (request: number, key: number, keyLength: number, value: number) =>
      setParameter(request, key, keyLength, () => value !== 0),
    // No release transports doubles, so imports.ts replaces this function by a constant.
    response_parameter_double: () => STATUS_OK,
  };
}
