import type { Endpoint } from "../../channel/endpoint.js";
import { OPEN_REQUESTS_MAX, STREAM_DEADLINE_MS } from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import type { Handle } from "../../numbers.js";
import { RequestRecord } from "../../wire/records/request.js";
import type { OpenSlot } from "../shared/open-slots.js";
import { BatchResponses } from "./batch-responses.js";
import { answersRescheduled, notDecoupled, rescheduledRequest } from "./errors.js";
import { KEPT_FIRST, OpenRequest } from "./open-request.js";
import { ResponseRate } from "./response-rate.js";

/** Handles end where they would be negative for a guest. */
const KEPT_HANDLES = 2 ** 30;

/** Sends the responses that the guest sends by calls of its own. */
export interface StreamAnswers {
  readonly isDecoupled: boolean;
  /**
   * Sends a response.
   * @param encodeLocked encodes it under the pool mutex; undefined: only the flag that the one before was the last
   * @returns false when the server did not send it
   */
  respond(open: OpenRequest, isLast: boolean, encodeLocked: (() => Handle) | undefined): boolean;
  /** Waits until the server does not use the record of the last response any more. */
  awaitLeaving(): void;
  /** Notes that the request stays open, and holds the blocks of its tensors and names. */
  keep(open: OpenRequest): OpenSlot;
  /** Asks the server whether the client has cancelled the request. */
  isCancelled(open: OpenRequest): boolean;
  /** Lets the server free the blocks of a request that has its last response. */
  release(slot: OpenSlot): void;
}

/** Requests that get several responses, or later ones. */
export class BatchStreams extends BatchResponses {
  readonly rate = new ResponseRate();
  openRequestsMax: number = OPEN_REQUESTS_MAX.default;
  streamDeadlineMs: number = STREAM_DEADLINE_MS.default;
  /** Set before the first batch. */
  streams: StreamAnswers | undefined;
  /** Time of {@link monotonicMs} for which the guest has asked for a call of `triton_poll`. */
  pollsAtMs = Number.POSITIVE_INFINITY;
  readonly reschedules: boolean;
  private handles = 0;

  constructor(endpoint: Endpoint) {
    super(endpoint);
    this.reschedules = endpoint.dialect.rescheduling.isSupported;
  }

  sendResponse(request: number): boolean {
    return this.respond(request, "response_send", false);
  }

  finishResponse(request: number): boolean {
    return this.respond(request, "response_finish", true);
  }

  keepRequest(request: number): number | undefined {
    const streams = this.requireDecoupled(request, "request_keep");
    const open = this.open(request);
    this.draft(request);
    if (open.kept !== undefined) return open.kept.handle;
    if (this.kept.size >= this.openRequestsMax) return undefined;
    const attributes = this.attributes(request);
    const slot = streams.keep(open);
    const endsAtMs = monotonicMs() + this.streamDeadlineMs;
    const handle = this.newHandle();
    open.kept = { handle, slot, attributes, endsAtMs };
    this.kept.set(handle, open);
    return handle;
  }

  isCancelled(request: number): boolean {
    const open = this.open(request);
    // The response factory of a finished request may be deleted.
    if (open.isEnded) return true;
    if (!open.isCancelled && !open.isFinished) open.isCancelled = this.streams!.isCancelled(open);
    return open.isCancelled;
  }

  reschedule(request: number): boolean {
    if (!this.reschedules) return false;
    const open = this.open(request);
    if (open.isFinished || open.hasSent || open.kept !== undefined) {
      throw rescheduledRequest(request);
    }
    open.isRescheduled = true;
    return true;
  }

  pollAfter(milliseconds: number): void {
    this.pollsAtMs = Math.min(this.pollsAtMs, monotonicMs() + milliseconds);
  }

  /** The requests with a life of their own. */
  protected *keptRequests(): Generator<OpenRequest> {
    for (const open of this.kept.values()) if (open.index < 0) yield open;
  }

  /** The request is finished, or has ended without the guest: its handle is not valid any more. */
  forget(open: OpenRequest): void {
    if (open.kept !== undefined) this.kept.delete(open.kept.handle);
  }

  /** The requests that the guest has kept have a life of their own from now on. */
  protected leaveBatch(): void {
    for (const open of this.kept.values()) {
      if (open.index < 0) continue;
      this.record.requests[open.index] = new RequestRecord();
      this.requests[open.index] = new OpenRequest();
      open.index = -1;
    }
  }

  private respond(request: number, call: string, isLast: boolean): boolean {
    const streams = this.requireDecoupled(request, call);
    const open = this.open(request);
    if (open.isEnded) {
      if (isLast) this.release(open, streams);
      return false;
    }
    const { isEmpty, dataBytes } = this.draft(request);
    if (!this.hasOutputs) this.beginUnsent();
    this.completeOutputs(open, request);
    this.rate.await(dataBytes);
    const encode = isLast && isEmpty ? undefined : () => this.encodeLocked(open);
    const sent = streams.respond(open, isLast, encode);
    open.hasSent = true;
    if (isLast) {
      open.isFinished = true;
      this.forget(open);
    }
    this.emptyDraft(open);
    this.freeSent(streams);
    return sent;
  }

  /** The guest has finished a request that the host had ended. */
  private release(open: OpenRequest, streams: StreamAnswers): void {
    this.forget(open);
    streams.release(open.kept!.slot);
  }

  /** Frees the blocks of sent responses, unless blocks of unfinished responses or of calls are between these. */
  private freeSent(streams: StreamAnswers): void {
    if (this.hasOutputs || this.unsentFrom === Number.POSITIVE_INFINITY) return;
    streams.awaitLeaving();
    this.endpoint.heap.dropNewer(this.unsentFrom);
  }

  private requireDecoupled(request: number, call: string): StreamAnswers {
    if (this.streams?.isDecoupled !== true) throw notDecoupled(request, call);
    if (this.open(request).isRescheduled) throw answersRescheduled(request, call);
    return this.streams;
  }

  private newHandle(): number {
    let handle: number;
    do {
      handle = KEPT_FIRST + this.handles;
      this.handles = (this.handles + 1) % KEPT_HANDLES;
    } while (this.kept.has(handle));
    return handle;
  }
}
