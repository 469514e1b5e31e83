import type { Endpoint } from "../../channel/endpoint.js";
import { broadcastCondition, wasWaitedFor } from "../../libc/condition.js";
import { isLocked } from "../../libc/mutex.js";
import { CALL_SLOTS } from "../../limits.js";
import { addressOf, type Handle, NO_HANDLE } from "../../numbers.js";
import { sharedReferences } from "../../wire/records/tensor.js";
import type { Journal } from "../shared/journal.js";
import type { Mapping, Word } from "../shared/mapping.js";
import { CALL_STATE, type CallMessage, CallRecord, type HeldBlock } from "./call-record.js";

/** Bit of a slot, beside the handle of the record: the server has deleted its state of the stream. Handles are multiples of 16. */
const STREAM_DELETED = 1;

/** The stream of a call whose first response is an error, which does not name it. The next response does. */
export const UNNAMED_STREAM = 1n;

/** A call that the server has, and the slot that lists it. */
export interface SentCall {
  readonly slot: number;
  readonly record: CallRecord;
}

/** The place of an answer in the responses to a call. */
export interface AnswerPlace {
  /** The server's id of the stream; 0n: there is none. */
  readonly stream: bigint;
  readonly isLast: boolean;
}

/**
 * The calls that were sent to the server and are not complete. The list outlives the executor.
 *
 * ```
 *  pending ---- the server waits in the call's condition variable ----> acknowledging ----> done ----> slot is free
 *                                                                            '--> streaming --> ended --'
                                                                  |     ^
                                                                  v     |
                                                                  unclear
 * ```
 */
export class CallSlots {
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly words: readonly Word[];
  /** The calls by their slots. A guest that waits looks at them again and again, so they are not searched for among the free slots. */
  private readonly calls = new Map<number, SentCall>();

  constructor(endpoint: Endpoint, journal: Journal, mapping: Mapping) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.words = mapping.wordsOf("calls");
    for (const [slot, word] of this.words.entries()) {
      if (word.value !== 0) this.adopt(slot, word.value);
    }
  }

  /** Whether the list has no call, not even an unclear one. */
  get isEmpty(): boolean {
    return this.calls.size === 0;
  }

  /** Number of calls in flight: all of the list but the unclear ones. */
  get count(): number {
    let count = 0;
    for (const { record } of this.calls.values()) if (record.state !== CALL_STATE.unclear) count++;
    return count;
  }

  /** The calls of the list, the oldest first. */
  all(): IterableIterator<SentCall> {
    return this.calls.values();
  }

  /**
   * Makes room for one more call. If all slots are used, the oldest unclear call leaves the list.
   * @returns false when there is no slot
   */
  makeRoom(): boolean {
    if (this.calls.size < CALL_SLOTS) return true;
    for (const call of this.calls.values()) {
      if (call.record.state !== CALL_STATE.unclear) continue;
      call.record.state = CALL_STATE.done;
      return this.release(call);
    }
    return false;
  }

  /**
   * Sends a message, and lists its call. From then on the list owns the blocks, and not the ledger.
   * @param held all blocks of the call, which are in the ledger
   * @param record handle of a block of `CallRecord.bytes`
   * @param streams whether several responses may follow
   */
  send(
    message: CallMessage,
    held: readonly HeldBlock[],
    record: Handle,
    streams: boolean,
  ): SentCall {
    const { endpoint, journal } = this;
    const slot = this.freeSlot();
    const call = { slot, record: this.recordAt(record) };
    call.record.fill(message, held);
    call.record.next = streams ? CALL_STATE.streaming : CALL_STATE.done;
    // The journal has room for one exchange.
    endpoint.side.finish();
    journal.expect(this.words[slot]!, record);
    endpoint.pushCall(message.message);
    this.list(call);
    return call;
  }

  /** Whether the server has answered, and waits to be notified. */
  isAnswered({ record }: SentCall): boolean {
    const { view } = this.endpoint.region;
    return wasWaitedFor(view, record.conditionAt) && !isLocked(view, record.mutexAt);
  }

  /**
   * Notifies the server that its answer is read.
   * @param answer its stream, and whether a response follows
   */
  acknowledge(call: SentCall, { stream, isLast }: AnswerPlace): void {
    const { record } = call;
    const mayContinue = record.next !== CALL_STATE.done && !isLast;
    record.stream = stream === 0n && mayContinue ? UNNAMED_STREAM : stream;
    if (!mayContinue) record.next = stream === 0n ? CALL_STATE.done : CALL_STATE.ended;
    record.state = CALL_STATE.acknowledging;
    this.notify(call);
  }

  /** The second half of {@link acknowledge}. It does no harm when it is done again. */
  notify({ record }: SentCall): void {
    const { region, section } = this.endpoint;
    section.enter();
    broadcastCondition(addressOf(region.base, record.conditionAt));
    record.state = record.next;
    section.leave();
  }

  /**
   * Drops the blocks of a call that the server has answered. Frees the slot of a call that is done.
   * @returns false when the server still reads the data of a tensor
   */
  release(call: SentCall): boolean {
    const { record, slot } = call;
    const { heap } = this.endpoint;
    heap.lock();
    try {
      if (!this.dropBlocksLocked(record)) return false;
      if (record.state !== CALL_STATE.done) return true;
      heap.ledger.requireRoom();
      heap.ledger.add(record.handle);
      this.words[slot]!.value = NO_HANDLE;
      heap.releaseLocked(record.handle);
    } finally {
      heap.unlock();
    }
    this.calls.delete(slot);
    return true;
  }

  /** Notes that the next push lets the server delete its state of a stream: a successor must not send that message again. */
  expectDeleted({ slot, record }: SentCall, journal: Journal): void {
    journal.expect(this.words[slot]!, record.handle + STREAM_DELETED);
  }

  private dropBlocksLocked(record: CallRecord): boolean {
    const { heap, reader } = this.endpoint;
    for (let count = record.count; count > 0; count--) {
      const { handle, shared } = record.held(count - 1);
      if (shared !== 0 && sharedReferences(reader, shared) > 0) return false;
      heap.dropListedLocked(handle, record.countAt, count - 1);
    }
    return true;
  }

  private adopt(slot: number, word: number): void {
    const isDeleted = (word & STREAM_DELETED) !== 0;
    const record = this.recordAt((word & ~STREAM_DELETED) as Handle);
    if (isDeleted) record.state = CALL_STATE.done;
    this.list({ slot, record });
  }

  private list(call: SentCall): void {
    this.calls.set(call.slot, call);
    if (!call.record.ownsBlocks) this.takeFromLedger(call.record);
  }

  private freeSlot(): number {
    let slot = 0;
    while (this.calls.has(slot)) slot++;
    return slot;
  }

  private recordAt(handle: Handle): CallRecord {
    const { reader, writer } = this.endpoint;
    return new CallRecord(reader, writer, handle);
  }

  /** Removes the blocks of a call from the ledger, the newest first. After a death, some may be removed already. */
  private takeFromLedger(record: CallRecord): void {
    const { section, heap } = this.endpoint;
    section.enter();
    heap.ledger.remove(record.handle);
    for (let index = record.count - 1; index >= 0; index--) {
      heap.ledger.remove(record.held(index).handle);
    }
    record.own();
    section.leave();
  }
}
