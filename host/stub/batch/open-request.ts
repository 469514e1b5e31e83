import type { Endpoint } from "../../channel/endpoint.js";
import type {
  RequestAddresses,
  RequestAttributes,
  RequestRecord,
} from "../../wire/records/request.js";
import type { OpenSlot } from "../shared/open-slots.js";
import { ResponseDraft } from "./response-draft.js";

/** The smallest handle of a request that the guest keeps. Indexes of requests in a batch are below. */
export const KEPT_FIRST = 2 ** 30;

/** What belongs to a request that the guest keeps open. */
export interface Kept {
  readonly handle: number;
  readonly slot: OpenSlot;
  /** Read while the server has the request: it frees the texts after the execution. */
  readonly attributes: RequestAttributes;
  /** Time of {@link monotonicMs} at which the request gets an error. */
  readonly endsAtMs: number;
}

/** A request of the current batch, or one that the guest keeps open. */
export class OpenRequest {
  record!: RequestRecord;
  readonly draft = new ResponseDraft();
  /** Position in the batch; -1 when its batch has ended. */
  index = -1;
  /** The last response was sent: the response factory may be gone. */
  isFinished = false;
  /** The host has ended the request, and the guest has not finished it yet. */
  isEnded = false;
  hasSent = false;
  isCancelled = false;
  isRescheduled = false;
  kept: Kept | undefined;
  /** Read when they are first needed. */
  private addresses: RequestAddresses | undefined;

  begin(index: number, record: RequestRecord): void {
    this.index = index;
    this.record = record;
    this.isFinished = false;
    this.isEnded = false;
    this.hasSent = false;
    this.isCancelled = false;
    this.isRescheduled = false;
    this.kept = undefined;
    this.addresses = undefined;
    this.draft.reset(record.outputCount);
  }

  /** The server's addresses of the request, which messages beside the ExecuteResponse carry. */
  addressesIn({ dialect, reader }: Endpoint): RequestAddresses {
    // The server has freed a request that has outlived its batch, and its record.
    if (this.index < 0) return { request: 0n, responseFactory: this.kept!.slot.factory };
    this.addresses ??= dialect.requests.addresses(reader, this.record);
    return this.addresses;
  }
}
