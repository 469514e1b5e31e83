import { sendCleanup } from "../../channel/cleanup.js";
import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import type { Journal } from "../shared/journal.js";
import { CALL_STATE } from "./call-record.js";
import { CallResponse } from "./call-response.js";
import { type CallSlots, type SentCall, UNNAMED_STREAM } from "./call-slots.js";
import type { StreamedMessage, StreamQueue } from "./stream-queue.js";

/** The owner of a call: takes its responses. */
export interface CallOwner {
  /** Whether it takes another response now. If not, the called model waits. */
  wants(call: SentCall): boolean;
  /** @returns false when nobody wants the response any more */
  receive(call: SentCall, response: CallResponse): boolean;
  /** No other response to the call follows. */
  complete(call: SentCall): void;
}

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

  constructor({ endpoint, journal, slots, streamQueue }: CallPumpParts) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.slots = slots;
    this.streamQueue = streamQueue;
  }

  /** Takes all answers that are there. */
  poll(owner: CallOwner): void {
    for (const call of this.slots.all()) this.step(call, owner);
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
    const others = this.unnamed();
    this.slots.acknowledge(call, response);
    if (call.record.state !== CALL_STATE.streaming) owner.complete(call);
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
    try {
      response.hold(this.endpoint);
    } catch (error) {
      owner.receive(call, CallResponse.failed(messageOf(error)));
      return;
    }
    if (!owner.receive(call, response)) response.release(this.endpoint);
  }

  private takeStreamed(owner: CallOwner): void {
    for (;;) {
      const message = this.streamQueue.peek();
      if (message === undefined) return;
      const response = CallResponse.read(this.endpoint, message.answer);
      if (response.stream === 0n && this.streaming().length > 0) {
        if (!this.takeUnnamed(message, response, owner)) return;
        continue;
      }
      const call = this.callOf(response);
      // The first response of the stream has not come yet: this one waits.
      if (call === undefined && this.awaitsStream()) return;
      if (call === undefined) this.takeStray(message, response);
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
    if (!response.isLast) return;
    owner.complete(call);
    this.step(call, owner);
  }

  /** Takes a response of a stream that is not in the list any more. */
  private takeStray(message: StreamedMessage, { stream, isLast }: CallResponse): void {
    this.streamQueue.take(message);
    if (isLast && stream !== 0n) this.sendCleanup(stream, () => {});
  }

  /**
   * Takes an error that does not name its stream. With several streams, the guest of each gets it: a guest that took its stream for whole
   * would compute with a part of the data. An error of the server itself does not say whether the called model sends more.
   * @returns false when the guest of one of the streams does not take it now
   */
  private takeUnnamed(message: StreamedMessage, response: CallResponse, owner: CallOwner): boolean {
    const streams = this.streaming();
    if (!streams.every((call) => owner.wants(call))) return false;
    const isOfModel = "response" in message.answer;
    if (streams.length === 1 && isOfModel) {
      this.takeOf(streams[0]!, message, response, owner);
      return true;
    }
    for (const call of streams) owner.receive(call, response);
    if (response.isLast) this.leaveUnclear(streams, owner);
    this.streamQueue.take(message);
    return true;
  }

  /**
   * Leaves streams of which some may have ended. The server must not delete its state of a stream that goes on: it would use freed memory at
   * the next response.
   */
  private leaveUnclear(streams: readonly SentCall[], owner: CallOwner): void {
    for (const call of streams) {
      call.record.state = CALL_STATE.unclear;
      owner.complete(call);
    }
  }

  /** The calls of which a later response may come, the oldest first. */
  private streaming(): SentCall[] {
    return [...this.slots.all()].filter(isStreaming);
  }

  private unnamed(): SentCall[] {
    return this.streaming().filter(({ record }) => record.stream === UNNAMED_STREAM);
  }

  private callOf({ stream }: CallResponse): SentCall | undefined {
    const named = this.streaming().find(({ record }) => record.stream === stream);
    if (named !== undefined) return named;
    // Of several, none has a guest: see `answer`.
    const [unnamed] = this.unnamed();
    if (unnamed !== undefined) unnamed.record.stream = stream;
    return unnamed;
  }

  private awaitsStream(): boolean {
    return [...this.slots.all()].some(({ record }) => record.state === CALL_STATE.pending);
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

function isStreaming({ record }: SentCall): boolean {
  return record.state === CALL_STATE.streaming || record.state === CALL_STATE.unclear;
}

/** Whether a response only ends its stream: then its guest does not see it. */
function endsOnly({ stream, isLast, isEmpty }: CallResponse): boolean {
  return stream !== 0n && isLast && isEmpty;
}
