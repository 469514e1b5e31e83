import type { BatchServices } from "../../guest/services.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import { BatchStreams } from "./batch-streams.js";
import type { OpenRequest } from "./open-request.js";

/** How a request of the batch is answered when the guest has returned. */
export type Answer = "response" | "end" | "nothing";

/**
 * The current batch, from its message to its responses, and the requests that the guest keeps longer. One object serves all batches of an
 * executor.
 *
 * ```
 *  BatchRequests    what the guest reads
 *       ^
 *  BatchOutputs     the outputs that it creates; one ResponseDraft for each request
 *       ^
 *  SharedOutputs    outputs with the data of other tensors
 *       ^
 *  BatchResponses   its responses: outputs, parameters, errors
 *       ^
 *  BatchStreams     responses that it sends itself, and requests that it keeps
 *       ^
 *  Batch            the beginning and the end: decode, finishOutputs, encodeResponseLocked
 * ```
 */
export class Batch extends BatchStreams implements BatchServices {
  /**
   * @param args handle of the ExecuteRequest's record
   * @throws StubError when the bytes are not a batch
   */
  decode(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decode(reader, args, this.record);
    this.beginRequests();
    this.resetOutputs();
  }

  /**
   * Decodes only the places of the requests, which are enough to answer them with errors. The tensors of a batch whose guest was stopped
   * may be overwritten ({@link copyInputToOutput}).
   */
  decodeAbandoned(args: number): void {
    const { dialect, reader } = this.endpoint;
    dialect.requestBatch.decodePlaces(reader, args, this.record);
    this.beginRequests();
    this.resetOutputs();
  }

  /** The server's addresses of each request. */
  allAddresses(): RequestAddresses[] {
    return this.all().map((open) => open.addressesIn(this.endpoint));
  }

  /** Called after the guest has returned. Completes the responses that it has not sent. */
  finishOutputs(): void {
    for (const [index, open] of this.all().entries()) {
      if (!open.isFinished) this.completeOutputs(open, index);
    }
    this.dropUnsent();
  }

  /** What a kept request's response has, and is not sent when the call returns, is given up. */
  dropUnsent(): void {
    for (const open of this.kept.values()) this.emptyDraft(open);
  }

  /** Answers every request of the batch with the same error. */
  failAll(code: number, message: string): void {
    for (let request = 0; request < this.record.count; request++) {
      this.failRequest(request, code, message);
    }
  }

  /** How the request is answered when the guest has returned. */
  answerOf(request: number): Answer {
    const { isFinished, isRescheduled, kept, hasSent, draft } = this.requests[request]!;
    if (isFinished || isRescheduled || kept !== undefined) return "nothing";
    return hasSent && draft.isEmpty ? "end" : "response";
  }

  /**
   * Encodes the response to a request.
   * @returns its handle; {@link NO_HANDLE} for a request that gets none
   */
  encodeResponseLocked(request: number): Handle {
    if (this.answerOf(request) !== "response") return NO_HANDLE;
    return this.encodeLocked(this.requests[request]!);
  }

  /** Tells the server which requests are rescheduled, before the batch is answered. @returns their addresses */
  markRescheduled(): RequestAddresses[] {
    const { dialect, writer } = this.endpoint;
    const rescheduled = this.all().filter(({ isRescheduled }) => isRescheduled);
    for (const { record } of rescheduled) dialect.rescheduling.mark(writer, record);
    return rescheduled.map((open) => open.addressesIn(this.endpoint));
  }

  /** The batch was answered with success: requests that the guest keeps stay open. */
  succeed(): void {
    this.leaveBatch();
  }

  /** The batch fails. The requests of it that the guest keeps are answered with it. */
  abandon(): void {
    for (const open of [...this.kept.values()]) if (open.index >= 0) this.forget(open);
  }

  /** Ends the batch: outside of an execution a guest sees none of its requests. */
  end(): void {
    this.record.count = 0;
    this.resetOutputs();
  }

  /** The next time at which a kept request gets an error; infinite if there is none. In milliseconds of {@link monotonicMs}. */
  get endsAtMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { kept, isEnded } of this.keptRequests()) {
      if (!isEnded) first = Math.min(first, kept!.endsAtMs);
    }
    return first;
  }

  /** The kept requests that are not ended and whose time has passed at `now`. */
  overdue(now: number): OpenRequest[] {
    return [...this.keptRequests()].filter(
      ({ kept, isEnded }) => !isEnded && kept!.endsAtMs <= now,
    );
  }

  /** The request has its last response without the guest, which may use its handle until it finishes the request. */
  endKept(open: OpenRequest): void {
    open.isEnded = true;
    this.emptyDraft(open);
  }

  /** The guest that keeps the requests is gone. */
  forgetKept(): void {
    for (const open of [...this.keptRequests()]) this.forget(open);
  }

  private all(): OpenRequest[] {
    return this.requests.slice(0, this.record.count);
  }
}
