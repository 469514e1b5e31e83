import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { readExchangeError } from "./exchange-error.js";
import type { RequestAddresses } from "./infer-request.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";
import { constructZeroedLocked } from "./zeroed.js";

/** TRITONSERVER_RESPONSE_COMPLETE_FINAL */
const FLAG_FINAL = 1;

/** `ResponseSendMessage`: one response outside of an ExecuteResponse (docs/internals/protocol.md 3.2). */
export class ResponseSendCodec {
  /** What the two sides wait with. */
  readonly fields: Readonly<Record<"mu" | "cv" | "flag", number>>;
  private readonly at: Readonly<
    Record<
      | "has_error"
      | "is_error_set"
      | "error"
      | "request_address"
      | "response_factory_address"
      | "response"
      | "flags"
      | "bytes",
      number
    >
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "ResponseSendMessage";
    const { mu, cv, is_stub_turn } = offsetsOf(layout, struct, "mu", "cv", "is_stub_turn");
    this.fields = { mu, cv, flag: is_stub_turn };
    this.at = offsetsOf(
      layout,
      struct,
      "has_error",
      "is_error_set",
      "error",
      "request_address",
      "response_factory_address",
      "response",
      "flags",
    );
  }

  /** The last response to a request. @returns the record's handle */
  encodeFinalLocked(heap: Heap, request: RequestAddresses, response: number): number {
    const handle = constructZeroedLocked(heap, this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view } = heap.region;
    view.setBigUint64(object + this.at.request_address, request.request, true);
    view.setBigUint64(object + this.at.response_factory_address, request.responseFactory, true);
    view.setUint32(object + this.at.response, response, true);
    view.setUint32(object + this.at.flags, FLAG_FINAL, true);
    return handle;
  }

  /** Why the server has not sent the response. */
  readError(reader: WireReader, handle: number): string | undefined {
    return readExchangeError(reader, this.strings, handle, this.at);
  }
}
