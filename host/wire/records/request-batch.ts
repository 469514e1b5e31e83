import { type Handle, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import { HANDLE_BYTES } from "../sizes.js";
import type { WireWriter } from "../writer.js";
import { type RequestCodec, RequestRecord } from "./request.js";

/** A decoded `RequestBatch`. Its objects are re-used for each batch: only the first `count` requests are valid. */
export class RequestBatchRecord {
  count = 0;
  readonly requests: RequestRecord[] = [];
}

/** `RequestBatch`: the record of an ExecuteRequest, and of a call of another model. The handles of the requests follow the struct. */
export class RequestBatchCodec {
  private readonly at;
  private readonly requests: RequestCodec;

  constructor(layout: Layout, requests: RequestCodec) {
    this.at = offsetsOf(layout, "RequestBatch", "batch_size");
    this.requests = requests;
  }

  /** Decodes the batch at `handle`. */
  decode(reader: WireReader, handle: number, into: RequestBatchRecord): void {
    const handles = this.decodeHead(reader, handle, into);
    for (let index = 0; index < into.count; index++) {
      const request = (into.requests[index] ??= new RequestRecord());
      this.requests.decode(reader, offsetBy(handles, index * HANDLE_BYTES), request);
    }
  }

  /** Decodes only the offsets of the requests. That is enough to answer them after the guest was stopped. */
  decodePlaces(reader: WireReader, handle: number, into: RequestBatchRecord): void {
    const handles = this.decodeHead(reader, handle, into);
    for (let index = 0; index < into.count; index++) {
      const request = (into.requests[index] ??= new RequestRecord());
      this.requests.decodePlace(reader, offsetBy(handles, index * HANDLE_BYTES), request);
    }
  }

  /** @returns the offset of the handles of the requests */
  private decodeHead(reader: WireReader, handle: number, into: RequestBatchRecord): RegionOffset {
    const object = reader.objectOf(handle, this.at.bytes, "a batch of requests");
    into.count = reader.u32(object, this.at.batch_size);
    const handles = offsetBy(object, this.at.bytes);
    reader.requireRange(handles, into.count * HANDLE_BYTES, "a batch of requests");
    return handles;
  }

  /**
   * Makes a batch of one request.
   * @returns its handle
   */
  encodeOneLocked(writer: WireWriter, request: Handle): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes + HANDLE_BYTES);
    const object = objectAt(handle);
    writer.u32(object, this.at.batch_size, 1);
    writer.handle(object, this.at.bytes, request);
    return handle;
  }
}
