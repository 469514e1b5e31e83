import { initCondition } from "../libc/condition.js";
import { initMutex } from "../libc/mutex.js";
import { waitUntil } from "../libc/wait-until.js";
import { RECORD_LEAVE_MAX_MS } from "../limits.js";
import { addressOf, type Handle } from "../numbers.js";
import type { CriticalSection } from "../shm/critical-section.js";
import type { MessageQueue } from "../shm/queue.js";
import type { Region } from "../shm/region.js";
import type { ExchangePlaces } from "../wire/exchange.js";
import type { WireWriter } from "../wire/writer.js";
import { waitForByte } from "./byte-wait.js";
import type { ChannelJournal } from "./journal.js";
import { signalServer } from "./signal.js";

/** Polls before the first pause: the server usually leaves a record faster than this process can sleep and wake up. */
const POLLS = 500;

const RECORD_MUTEX = "the mutex of a request to the server";

/** Pushes a message to the queue of a channel. */
export type Push = (handle: Handle) => void;

/** Reports whether the server waits for the next message of a channel. */
export type QueueReader = Pick<MessageQueue, "readerWaits">;

/** The objects that all exchanges of a channel use. */
export interface ExchangeParts {
  readonly region: Region;
  readonly writer: WireWriter;
  readonly journal: ChannelJournal;
  readonly section: CriticalSection;
}

/** A record on its way to the server and back. */
export class Exchange {
  /**
   * @param message handle of the IPCMessage
   * @param at offsets of the mutex, condition variable and flag with which both sides wait
   */
  constructor(
    private readonly region: Region,
    readonly message: Handle,
    readonly at: ExchangePlaces,
  ) {}

  /** Initialises mutex and condition. Call it once: when the record is sent again, the server may still use them. */
  initLocks(): this {
    const { base } = this.region;
    initMutex(addressOf(base, this.at.mutexAt));
    initCondition(addressOf(base, this.at.conditionAt));
    return this;
  }
}

/**
 * Exchanges of a record with the server, in three steps (docs/internals/protocol.md 3.2, 5.1). The server serves one record at a time, so at
 * most one exchange is pending.
 *
 * ```
 *  stub: flag = false, push, wait -----> server: work, write results, flag = true, notify, wait
 *  stub: read results, flag = false, notify -----> server: goes on to its next message
 * ```
 */
export class ExchangeChannel {
  readonly region: Region;
  readonly writer: WireWriter;
  readonly section: CriticalSection;
  private readonly journal: ChannelJournal;
  private readonly reader: QueueReader;
  private readonly push: Push;
  /** Whether the server may still use the record of an exchange that has ended. */
  private isLeaving = false;
  private pending: { readonly exchange: Exchange; readonly read: () => void } | undefined;

  constructor(
    { region, writer, journal, section }: ExchangeParts,
    reader: QueueReader,
    push: Push,
  ) {
    this.reader = reader;
    this.region = region;
    this.writer = writer;
    this.journal = journal;
    this.section = section;
    this.push = push;
  }

  /**
   * Runs all three steps; afterwards the record may be freed.
   * @param read reads the results, before the server may free them
   */
  run(exchange: Exchange, read: () => void = () => {}): void {
    this.send(exchange, read);
    this.finish();
    this.awaitLeaving();
  }

  /**
   * Waits until the server does not use the record of the last exchange any more. The server sleeps in the record's condition variable, and
   * locks the record's mutex as it wakes up. If the record were freed before, this would overwrite data of the heap.
   */
  awaitLeaving(): void {
    if (!this.isLeaving) return;
    // Until a pending exchange has ended, the server waits for this side and not for its next message.
    this.finish();
    this.isLeaving = false;
    waitUntil(() => this.reader.readerWaits, POLLS, RECORD_LEAVE_MAX_MS);
  }

  /** As {@link awaitLeaving}, for an exchange of the executor before this one, which the guard may have ended. */
  inherit(): void {
    this.isLeaving = true;
    this.awaitLeaving();
  }

  /** As {@link run}, but call {@link awaitLeaving} before the record is freed. */
  respond(exchange: Exchange, read: () => void): void {
    this.send(exchange, read);
    this.finish();
  }

  /** Runs the first step only. {@link finish} runs the others; the next `send` calls it if necessary. */
  send(exchange: Exchange, read: () => void): void {
    this.finish();
    const { mutexAt, conditionAt, flagAt } = exchange.at;
    this.writer.flag(flagAt, 0, false);
    this.journal.expectExchange(mutexAt, conditionAt, flagAt);
    this.push(exchange.message);
    this.pending = { exchange, read };
  }

  /** Whether the server has not answered the last exchange, or its answer is not read yet. */
  get isPending(): boolean {
    return this.pending !== undefined;
  }

  /** As {@link finish}, if the server has answered. It never waits. */
  finishIfAnswered(): void {
    if (this.pending === undefined) return;
    if (this.region.view.getUint8(this.pending.exchange.at.flagAt) !== 0) this.finish();
  }

  /**
   * Ends the pending exchange, if there is one: the server serves no other record before. This side polls the flag and does not wait with
   * the condition variable: a process that dies in such a wait makes the server's next broadcast wait for ever.
   */
  finish(): void {
    if (this.pending === undefined) return;
    const { exchange, read } = this.pending;
    this.pending = undefined;
    const { flagAt } = exchange.at;
    waitForByte(this.region.view, flagAt);
    read();
    this.journal.acknowledgeExchange();
    signalServer(this, exchange.at, false, RECORD_MUTEX);
    this.journal.endExchange();
    this.isLeaving = true;
  }
}
