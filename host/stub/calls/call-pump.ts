import { sendCleanup } from "../../channel/cleanup.js";
import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import type { Journal } from "../shared/journal.js";
import type { CallOwner } from "./call-owner.js";
import { CALL_STATE } from "./call-record.js";
import { CallResponse } from "./call-response.js";
import { type CallSlots, type SentCall, UNNAMED_STREAM } from "./call-slots.js";
import { EarlyResponses } from "./early-responses.js";
import { isStreaming, StreamCalls } from "./stream-calls.js";
import type { StreamedMessage, StreamQueue } from "./stream-queue.js";

export interface CallPumpParts {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly slots: CallSlots;
  readonly streamQueue: StreamQueue;
}

/** Takes what the server has answered to calls, and notifies the server. It never waits. */
export class CallPump {
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly slots: CallSlots;
  private readonly streamQueue: StreamQueue;
  private readonly early: EarlyResponses;
  private readonly streams: StreamCalls;

  constructor({ endpoint, journal, slots, streamQueue }: CallPumpParts) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.slots = slots;
    this.streamQueue = streamQueue;
    this.early = new EarlyResponses(endpoint);
    this.streams = new StreamCalls(slots);
  }

  /** Called when the guests of all calls have ended: the command frees the blocks that are held for them. */
  endGuests(): void {
    this.early.forgetBlocks();
  }

  /** Takes all answers that are there. */
  poll(owner: CallOwner): void {
    for (const call of this.slots.all()) this.step(call, owner);
    this.settleEarly(owner);
    this.takeStreamed(owner);
  }

  /** As {@link poll}, while the guest waits. */
  pollForGuest(owner: CallOwner): void {
    this.streamQueue.skipQuestions();
    this.poll(owner);
  }

  /**
   * Asks the server to cancel a call.
   * @returns false when it has no stream, or this release cannot cancel it
   */
  cancel({ record }: SentCall): boolean {
    const { dialect, heap, writer, side } = this.endpoint;
    const { cancel, cancelCommand } = dialect;
    if (cancel === undefined || cancelCommand === undefined) return false;
    if (record.state !== CALL_STATE.streaming || record.stream === UNNAMED_STREAM) return false;
    const scope = heap.scope();
    const { exchange } = this.endpoint.newExchange(cancelCommand, cancel.fields, () =>
      cancel.encodeLocked(writer, record.stream),
    );
    side.run(exchange);
    scope.close();
    return true;
  }

  private step(call: SentCall, owner: CallOwner): void {
    const { record } = call;
    if (record.state === CALL_STATE.pending && this.slots.isAnswered(call))
      this.answer(call, owner);
    if (record.state === CALL_STATE.acknowledging) this.slots.notify(call);
    // Each of these may free the record.
    if (record.state === CALL_STATE.ended) this.deleteStream(call);
    else if (record.state === CALL_STATE.done) this.slots.release(call);
    else if (isStreaming(call) && record.count > 0) this.slots.release(call);
  }

  private answer(call: SentCall, owner: CallOwner): void {
    const response = this.readAnswer(call);
    if (!endsOnly(response)) this.deliver(call, response, owner);
    const others = this.streams.unnamed();
    this.slots.acknowledge(call, response);
    if (!isStreaming(call)) owner.complete(call);
    else if (call.record.stream === UNNAMED_STREAM && others.length > 0) {
      this.leaveUnclear([call, ...others], owner);
    }
  }

  private readAnswer({ record }: SentCall): CallResponse {
    const { dialect, reader, heap } = this.endpoint;
    try {
      heap.followGrowth();
      const answer = dialect.bls.decodeAnswer(reader, record.message);
      return CallResponse.read(this.endpoint, answer ?? { error: "the server sent no response" });
    } catch (error) {
      return CallResponse.failed(messageOf(error));
    }
  }

  /** Before the server is notified: it drops its blocks then. */
  private deliver(call: SentCall, response: CallResponse, owner: CallOwner): void {
    const held = response.hold(this.endpoint);
    if (!owner.receive(call, held)) held.release(this.endpoint);
  }

  private takeStreamed(owner: CallOwner): void {
    for (;;) {
      const message = this.streamQueue.peek();
      if (message === undefined) return;
      const response = CallResponse.read(this.endpoint, message.answer);
      if (response.stream === 0n && this.streams.streaming().length > 0) {
        if (!this.takeUnnamed(message, response, owner)) return;
        continue;
      }
      const call = this.streams.callOf(response);
      if (call === undefined && this.streams.awaited().length > 0) {
        if (!this.takeEarly(message, response, owner)) return;
      } else if (call === undefined) this.takeStray(message, response);
      else if (owner.wants(call)) this.takeOf(call, message, response, owner);
      else return;
    }
  }

  private takeOf(
    call: SentCall,
    message: StreamedMessage,
    response: CallResponse,
    owner: CallOwner,
  ): void {
    const { record } = call;
    if (response.isLast) record.lastTail = message.tail;
    record.state = response.isLast ? CALL_STATE.ended : CALL_STATE.streaming;
    if (!endsOnly(response)) this.deliver(call, response, owner);
    this.streamQueue.take(message);
    if (response.isLast) this.end(call, owner);
  }

  private end(call: SentCall, owner: CallOwner): void {
    owner.complete(call);
    this.step(call, owner);
  }

  /**
   * Takes a response of a stream that no call in the list names, while first responses are awaited. With a call whose first response was an
   * error, nothing shows to which of them it belongs.
   * @returns false when it has to wait
   */
  private takeEarly(message: StreamedMessage, response: CallResponse, owner: CallOwner): boolean {
    if (this.streams.unnamed().length === 0) return false;
    if (response.isLast) this.streams.doubt();
    this.early.add(response, owner.holdsEarly());
    this.streamQueue.take(message);
    return true;
  }

  /** Gives each response that came early to its call, if that is known now. */
  private settleEarly(owner: CallOwner): void {
    if (this.early.isEmpty) return;
    this.early.settle((early) => {
      const { response, isLast, isHeld } = early;
      const call = this.streams.callOf(early);
      if (call === undefined && this.streams.awaited().length > 0) return false;
      const isWanted = call !== undefined && !endsOnly(response);
      if (!(isWanted && owner.receive(call, response)) && isHeld) response.release(this.endpoint);
      if (call !== undefined) call.record.state = isLast ? CALL_STATE.ended : CALL_STATE.streaming;
      if (isLast && call !== undefined) this.end(call, owner);
      else if (isLast) this.sendCleanup(early.stream, () => {});
      return true;
    });
    if (this.early.isEmpty) this.streams.trust();
  }

  /** Takes a response of a stream that is not in the list any more. */
  private takeStray(message: StreamedMessage, { stream, isLast }: CallResponse): void {
    this.streamQueue.take(message);
    if (isLast && stream !== 0n) this.sendCleanup(stream, () => {});
  }

  /**
   * Takes an error that does not name its stream. With several streams, the guest of each gets it: also one that has no response yet, since
   * the error can come before the first response is read. A guest that took its stream for whole would compute with a part of the data. An
   * error of the server itself does not say whether the called model sends more.
   * @returns false when the guest of one of the streams does not take it now
   */
  private takeUnnamed(message: StreamedMessage, response: CallResponse, owner: CallOwner): boolean {
    const streams = this.streams.streaming();
    const awaited = this.streams.awaited();
    if (!streams.every((call) => owner.wants(call))) return false;
    const isOfModel = "response" in message.answer;
    if (streams.length === 1 && awaited.length === 0 && isOfModel) {
      this.takeOf(streams[0]!, message, response, owner);
      return true;
    }
    for (const call of [...streams, ...awaited]) owner.receive(call, response);
    if (response.isLast) this.leaveUnclear([...streams, ...awaited], owner);
    this.streamQueue.take(message);
    return true;
  }

  /**
   * Leaves streams of which some may have ended. The server must not delete its state of a stream that goes on: it would use freed memory at
   * the next response.
   */
  private leaveUnclear(streams: readonly SentCall[], owner: CallOwner): void {
    for (const call of streams) {
      this.streams.leave(call);
      owner.complete(call);
    }
  }

  /** Lets the server delete its state of a stream whose last response has come. */
  private deleteStream(call: SentCall): void {
    const { stream, lastTail } = call.record;
    // An executor that died before it took that response: taken later, it would belong to no call, and the stream would be deleted again.
    if (lastTail !== undefined) this.streamQueue.takeAt(lastTail);
    if (stream !== UNNAMED_STREAM) {
      this.sendCleanup(stream, () => this.slots.expectDeleted(call, this.journal));
    }
    call.record.state = CALL_STATE.done;
    this.slots.release(call);
  }

  private sendCleanup(stream: bigint, expect: () => void): void {
    const { dialect } = this.endpoint;
    sendCleanup(this.endpoint, dialect.commands.streamCleanup, stream, expect);
  }
}

/** Whether a response only ends its stream: then its guest does not see it. */
function endsOnly({ stream, isLast, isEmpty }: CallResponse): boolean {
  return stream !== 0n && isLast && isEmpty;
}
