import type { BatchFunctionsOf } from "./abi.js";
import type { Border } from "./border.js";
import { requestParameterImports } from "./request-parameter-imports.js";
import type { BatchServices } from "./services.js";

/** The host functions that describe the requests of a batch. */
export function requestImports(border: Border, batch: BatchServices): BatchFunctionsOf<"request"> {
  return {
    request_count: () => batch.requestCount(),
    request_id: (request: number, target: number, capacity: number) => {
      const id = batch.requestId(border.request(request));
      return border.write(id, target, capacity, "a buffer for a request's id");
    },
    request_correlation_id: (request: number, target: number, capacity: number) => {
      const id = String(batch.correlationId(border.request(request)));
      return border.write(id, target, capacity, "a buffer for a correlation id");
    },
    request_correlation_id_type: (request: number) =>
      batch.hasTextCorrelationId(border.request(request)) ? 1 : 0,
    request_flags: (request: number) => batch.requestFlags(border.request(request)),
    request_timeout: (request: number) =>
      BigInt.asIntN(64, batch.requestTimeout(border.request(request))),
    request_parameters: (request: number, target: number, capacity: number) => {
      const json = batch.requestParameters(border.request(request));
      return border.write(json, target, capacity, "a buffer for a request's parameters");
    },
    ...requestParameterImports(border, batch),
  };
}
