import { broadcastCondition, initCondition } from "../libc/condition.js";
import { initMutex, lockMutex, unlockMutex } from "../libc/mutex.js";
import { RECORD_LEAVE_MAX_MS } from "../limits.js";
import { monotonicMs } from "../monotonic.js";
import { type Address, addressOf, type Handle } from "../numbers.js";
import { pause } from "../pause.js";
import type { CriticalSection } from "../shm/critical-section.js";
import type { MessageQueue } from "../shm/queue.js";
import type { Region } from "../shm/region.js";
import type { ExchangePlaces } from "../wire/exchange.js";
import type { WireWriter } from "../wire/writer.js";
import { waitForByte } from "./byte-wait.js";
import type { ChannelJournal } from "./journal.js";

/** The server mostly takes less time to leave a record than a process needs to fall asleep and wake up. */
const LOOKS = 2_000;
const PAUSE_MS = 0.05;

const RECORD_MUTEX = "the mutex of a request to the server";

/**
 * Puts a message into the queue that the server takes it from.
 * @param sendsResponse whether it brings the response to a request
 * @param sending called just before the message is there
 */
export type Push = (handle: Handle, sendsResponse: boolean, sending: () => void) => void;

/** The queue from which the server takes the messages of a channel. */
export type Reader = Pick<MessageQueue, "readerWaits">;

/** What the exchanges of a channel work with. */
export interface ExchangeParts {
  readonly region: Region;
  readonly writer: WireWriter;
  readonly journal: ChannelJournal;
  readonly section: CriticalSection;
}

/** A record on its way to the server and back. */
export class Exchange {
  readonly mutex: Address;
  readonly condition: Address;

  /**
   * @param message handle of the IPCMessage
   * @param at where the things are that both sides wait with
   */
  constructor(
    region: Region,
    readonly message: Handle,
    readonly at: ExchangePlaces,
  ) {
    this.mutex = addressOf(region.base, at.mutexAt);
    this.condition = addressOf(region.base, at.conditionAt);
  }

  /** Makes mutex and condition: once, since the server may still be leaving them when the record goes out again. */
  initLocks(): this {
    initMutex(this.mutex);
    initCondition(this.condition);
    return this;
  }
}

/**
 * The three-leg exchange (docs/internals/protocol.md 3.2, 5.1). The server's side monitor serves one record at a time, so
 * at most one is under way.
 *
 * ```
 *  stub: flag = false, push, wait -----> server: work, write results, flag = true, notify, wait
 *  stub: read results, flag = false, notify -----> server: goes on to its next message
 * ```
 */
export class ExchangeChannel {
  private readonly region: Region;
  private readonly writer: WireWriter;
  private readonly journal: ChannelJournal;
  private readonly section: CriticalSection;
  private readonly reader: Reader;
  private readonly push: Push;
  /** Whether the server may still be in a record whose exchange has ended. */
  private isLeaving = false;
  private pending: { readonly exchange: Exchange; readonly read: () => void } | undefined;

  constructor({ region, writer, journal, section }: ExchangeParts, reader: Reader, push: Push) {
    this.reader = reader;
    this.region = region;
    this.writer = writer;
    this.journal = journal;
    this.section = section;
    this.push = push;
  }

  /** All three legs; afterwards the record may go. @param read takes the results out of it before the server may drop them */
  run(exchange: Exchange, read: () => void = () => {}): void {
    this.send(exchange, read);
    this.finish();
    this.awaitLeaving();
  }

  /**
   * Waits until the server has left the record of the last exchange: it sleeps in the record's condition variable, and takes the record's mutex
   * as it wakes up. In memory that has been given back meanwhile, that would overwrite what the heap has there.
   */
  awaitLeaving(): void {
    if (!this.isLeaving) return;
    this.isLeaving = false;
    for (let look = 0; look < LOOKS; look++) if (this.reader.readerWaits) return;
    const end = monotonicMs() + RECORD_LEAVE_MAX_MS;
    while (!this.reader.readerWaits && monotonicMs() < end) pause(PAUSE_MS);
  }

  /** The guard may have ended an exchange of the executor before this one. */
  inherit(): void {
    this.isLeaving = true;
    this.awaitLeaving();
  }

  /** As {@link run}, of a message that brings the response to a request; {@link awaitLeaving} has to follow before the record may go. */
  respond(exchange: Exchange, read: () => void): void {
    this.send(exchange, read, true);
    this.finish();
  }

  /** The first leg alone; {@link finish} has to follow, and does before the next record. */
  send(exchange: Exchange, read: () => void, sendsResponse = false): void {
    this.finish();
    const { mutexAt, conditionAt, flagAt } = exchange.at;
    this.writer.flag(flagAt, 0, false);
    this.push(exchange.message, sendsResponse, () =>
      this.journal.beginExchange(mutexAt, conditionAt, flagAt),
    );
    this.pending = { exchange, read };
  }

  /**
   * Ends the exchange that is under way, if any: until then the server serves nothing else. This side looks at the flag again and again
   * instead of waiting with the condition: a process that dies in such a wait makes the server's next broadcast wait for ever.
   */
  finish(): void {
    if (this.pending === undefined) return;
    const { exchange, read } = this.pending;
    this.pending = undefined;
    const { flagAt } = exchange.at;
    waitForByte(this.region.view, flagAt);
    read();
    this.journal.acknowledgeExchange();
    this.section.enter();
    try {
      lockMutex(exchange.mutex, RECORD_MUTEX);
      this.writer.flag(flagAt, 0, false);
      unlockMutex(exchange.mutex, RECORD_MUTEX);
      broadcastCondition(exchange.condition);
    } finally {
      this.section.leave();
    }
    this.journal.endExchange();
    this.isLeaving = true;
  }
}
