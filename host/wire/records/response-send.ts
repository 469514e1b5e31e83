import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { ExchangeFields, readExchangeError } from "../exchange.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";
import type { RequestAddresses } from "./request.js";

/** TRITONSERVER_RESPONSE_COMPLETE_FINAL */
const FLAG_FINAL = 1;

/** A response that is sent as a separate message. */
export interface SentResponse {
  /** The request that it answers. */
  readonly addresses: RequestAddresses;
  /** `NO_HANDLE`: the message has no response, and only reports that the one before was the last. */
  readonly response: Handle;
  /** Whether it is the last response to the request. */
  readonly isFinal: boolean;
}

/** `ResponseSendMessage` (docs/internals/protocol.md 3.2). */
export class ResponseSendCodec {
  readonly fields: ExchangeFields;
  private readonly at;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "ResponseSendMessage";
    this.fields = new ExchangeFields(layout, struct, "is_stub_turn");
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

  /** @param handle from a message */
  decode(reader: WireReader, handle: number): SentResponse {
    const object = reader.objectOf(handle, this.at.bytes, "a sent response");
    return {
      addresses: {
        request: reader.bigU64(object, this.at.request_address),
        responseFactory: reader.bigU64(object, this.at.response_factory_address),
      },
      response: reader.handle(object, this.at.response),
      isFinal: reader.u32(object, this.at.flags) === FLAG_FINAL,
    };
  }

  /** @returns the record's handle */
  encodeLocked(writer: WireWriter, { addresses, response, isFinal }: SentResponse): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.bigU64(object, this.at.request_address, addresses.request);
    writer.bigU64(object, this.at.response_factory_address, addresses.responseFactory);
    writer.handle(object, this.at.response, response);
    writer.u32(object, this.at.flags, isFinal ? FLAG_FINAL : 0);
    return handle;
  }

  /** Why the server did not send the response; undefined when it did. */
  readError(reader: WireReader, handle: Handle): string | undefined {
    return readExchangeError(reader, this.strings, handle, this.at);
  }
}
