import { STATUS_OK, STATUS_REFUSED, STATUS_REQUEST_FAILED, type StreamFunctions } from "./abi.js";
import type { Border } from "./border.js";
import type { BatchServices } from "./services.js";

/** The host functions of requests that get several responses, or later ones. */
export function streamImports(border: Border, batch: BatchServices): StreamFunctions {
  const status = (sent: boolean) => (sent ? STATUS_OK : STATUS_REQUEST_FAILED);
  return {
    response_send: (request: number) => status(batch.sendResponse(border.request(request))),
    response_finish: (request: number) => status(batch.finishResponse(border.request(request))),
    request_keep: (request: number) => {
      const handle = batch.keepRequest(border.request(request));
      if (handle !== undefined) return handle;
      border.lastError = "the instance has as many open requests as its wasm_open_requests_max";
      return STATUS_REFUSED;
    },
    request_is_cancelled: (request: number) => (batch.isCancelled(border.request(request)) ? 1 : 0),
    request_reschedule: (request: number) => {
      if (batch.reschedule(border.request(request))) return STATUS_OK;
      border.lastError =
        "this release of Triton does not reschedule requests: it can from 23.11 on";
      return STATUS_REFUSED;
    },
    poll_after: (milliseconds: number) => {
      batch.pollAfter(milliseconds >>> 0);
      return STATUS_OK;
    },
  };
}
