import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { ExchangeFields } from "../exchange.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";
import type { RequestAddresses } from "./request.js";

/** `IsCancelledMessage`: asks the server whether a client has cancelled its request (docs/internals/protocol.md 5.4). */
export class IsCancelledCodec {
  readonly fields: ExchangeFields;
  private readonly at;

  constructor(layout: Layout) {
    const struct = "IsCancelledMessage";
    this.fields = new ExchangeFields(layout, struct);
    this.at = offsetsOf(
      layout,
      struct,
      "response_factory_address",
      "request_address",
      "is_cancelled",
    );
  }

  /** @param handle from a message */
  decode(reader: WireReader, handle: number): RequestAddresses {
    const object = reader.objectOf(handle, this.at.bytes, "a question after a cancellation");
    return {
      request: reader.bigU64(object, this.at.request_address),
      responseFactory: reader.bigU64(object, this.at.response_factory_address),
    };
  }

  /**
   * @param addresses of a client's request; the server crashes if both are 0n
   * @returns the record's handle
   */
  encodeLocked(writer: WireWriter, { request, responseFactory }: RequestAddresses): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.bigU64(object, this.at.request_address, request);
    writer.bigU64(object, this.at.response_factory_address, responseFactory);
    return handle;
  }

  /** Whether the client has cancelled the request. */
  readCancelled(reader: WireReader, handle: Handle): boolean {
    return reader.flag(objectAt(handle), this.at.is_cancelled);
  }
}
