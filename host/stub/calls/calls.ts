import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf, StubError } from "../../errors.js";
import type { CallServices } from "../../guest/call-services.js";
import { STREAM_RESPONSES_MAX } from "../../limits.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { Batch } from "../batch/batch.js";
import { CALL_DEPTH_PARAMETER } from "../batch/call-depth.js";
import type { Journal } from "../shared/journal.js";
import { CallDrafts } from "./call-drafts.js";
import type { CallOwner } from "./call-owner.js";
import type { CallPump } from "./call-pump.js";
import { CallResponse } from "./call-response.js";
import { CallSender } from "./call-sender.js";
import type { CallSlots, SentCall } from "./call-slots.js";
import type { CallWaits } from "./call-waits.js";
import { noRoomForCall, notSent, sentTwice, tooManyCalls, waitedTooLong } from "./errors.js";
import type { GuestCall } from "./guest-call.js";

export interface CallsParts {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly batch: Batch;
  readonly slots: CallSlots;
  readonly pump: CallPump;
  readonly waits: CallWaits;
}

/**
 * The calls of other models that a guest makes while it executes a batch or is polled.
 *
 * ```
 *  OpenCalls    what the guest reads
 *      ^
 *  CallDrafts   calls that are not sent yet
 *      ^
 *  Calls        calls that the server has
 * ```
 */
export class Calls extends CallDrafts implements CallServices, CallOwner {
  private readonly journal: Journal;
  private readonly slots: CallSlots;
  private readonly pump: CallPump;
  private readonly waits: CallWaits;
  private readonly sender: CallSender;
  /** The guest's call of each sent one. */
  private readonly owners = new Map<SentCall, GuestCall>();
  /** Whether the message of the command is held. */
  private holdsCommand = false;

  constructor({ endpoint, journal, batch, slots, pump, waits }: CallsParts) {
    super(endpoint, batch);
    this.journal = journal;
    this.slots = slots;
    this.pump = pump;
    this.waits = waits;
    this.sender = new CallSender(endpoint, slots);
  }

  /**
   * Called when the guest has returned from a batch or a poll, or was discarded. The command frees the blocks of its calls; those in flight
   * stay in the list.
   */
  end(): void {
    const createdCalls = this.nextCall > 0;
    // Also after a batch whose calls were all refused: the next one has another depth.
    this.forgetAll();
    this.pump.endGuests();
    if (!createdCalls) return;
    this.owners.clear();
    this.holdsCommand = false;
    this.waits.reset();
  }

  send(call: number, streams: boolean): void {
    const draft = this.open.get(call)!;
    if (draft.wasSent) throw sentTwice();
    const { callsMax } = this.limits;
    if (this.slots.count >= callsMax) this.pump.poll(this);
    if (this.slots.count >= callsMax || !this.slots.makeRoom()) throw tooManyCalls(callsMax);
    draft.parameters.set(CALL_DEPTH_PARAMETER, BigInt(this.depth));
    this.batch.noteOtherBlocks();
    let sent: SentCall;
    try {
      this.holdCommand();
      sent = this.sender.send(draft, streams);
    } catch (error) {
      if (!(error instanceof StubError)) throw error;
      throw noRoomForCall(messageOf(error));
    }
    draft.wasSent = true;
    draft.sent = sent;
    this.owners.set(sent, draft);
    this.uncountInputs(draft);
  }

  wait(call: number, timeoutMs: number): number {
    const waiting = this.open.get(call)!;
    if (!waiting.wasSent) throw notSent();
    this.waitUntil(() => waiting.responses.length > 0 || waiting.sent === undefined, timeoutMs);
    const next = waiting.responses.shift();
    if (next === undefined) return waiting.sent === undefined ? -1 : 0;
    waiting.current?.release(this.endpoint);
    waiting.current = next;
    return 1;
  }

  waitAny(timeoutMs: number): number {
    const ready = () => this.find((call) => call.responses.length > 0);
    this.waitUntil(() => ready() >= 0 || this.owners.size === 0, timeoutMs);
    return ready();
  }

  forwardOutput(request: number, output: number, call: number, from: number): boolean {
    return this.batch.forwardOutput(request, output, this.output(call, from));
  }

  close(call: number): void {
    const closed = this.open.get(call)!;
    this.open.delete(call);
    if (closed.sent !== undefined) this.owners.delete(closed.sent);
    if (!closed.wasSent) this.uncountInputs(closed);
    for (const response of closed.responses.reverse()) response.release(this.endpoint);
    closed.current?.release(this.endpoint);
  }

  cancel(call: number): boolean {
    const { sent } = this.open.get(call)!;
    return sent !== undefined && this.pump.cancel(sent);
  }

  wants(call: SentCall): boolean {
    const owner = this.owners.get(call);
    return owner === undefined || owner.responses.length < STREAM_RESPONSES_MAX;
  }

  receive(call: SentCall, response: CallResponse): boolean {
    const owner = this.owners.get(call);
    if (owner === undefined) return false;
    this.batch.noteOtherBlocks();
    owner.responses.push(response);
    return true;
  }

  holdsEarly(): boolean {
    this.batch.noteOtherBlocks();
    return true;
  }

  complete(call: SentCall): void {
    const owner = this.owners.get(call);
    if (owner === undefined) return;
    owner.sent = undefined;
    this.owners.delete(call);
  }

  private waitUntil(isDone: () => boolean, timeoutMs: number): void {
    const { callDeadlineMs } = this.limits;
    const poll = () => {
      this.pump.pollForGuest(this);
      return isDone();
    };
    if (this.waits.until(poll, timeoutMs, callDeadlineMs)) return;
    if (!this.waits.isExhausted(callDeadlineMs)) return;
    for (const [sent, owner] of this.owners) {
      const reason = waitedTooLong(owner.model, callDeadlineMs);
      this.receive(sent, CallResponse.failed(reason, TRITON_ERROR.unavailable));
      this.complete(sent);
    }
  }

  private find(matches: (call: GuestCall) => boolean): number {
    for (const [number, call] of this.open) if (matches(call)) return number;
    return -1;
  }

  /** Up to 24.05 the server frees the message of its command when it takes a call. The guard and a successor may still have to read it. */
  private holdCommand(): void {
    if (this.holdsCommand || this.batch.requestCount() === 0) return;
    const { heap } = this.endpoint;
    heap.locked(() => heap.loadLocked(this.journal.commandMessage));
    this.holdsCommand = true;
  }
}
