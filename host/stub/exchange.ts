import { broadcastCondition, initCondition } from "../libc/condition.js";
import { initMutex, lockMutex, unlockMutex } from "../libc/mutex.js";
import type { CriticalSection } from "../shm/critical-section.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import type { Region } from "../shm/region.js";
import { waitForByte } from "./byte-wait.js";
import type { Journal } from "./shared/journal.js";

const RECORD_MUTEX = "the mutex of a request to the server";

/** Where the things are that both sides wait with, in bytes. The flag turns true when the server is done. */
export type ExchangeFields = Readonly<Record<"mu" | "cv" | "flag", number>>;

/**
 * Puts a message into the queue that the server takes it from.
 * @param sendsResponse whether it brings the response to a request
 * @param sending called just before the message is there
 */
export type Push = (handle: number, sendsResponse: boolean, sending: () => void) => void;

/** A record on its way to the server and back. */
export class Exchange {
  readonly mutex: number;
  readonly condition: number;
  readonly flagAt: number;

  /**
   * @param message handle of the IPCMessage
   * @param at offsets in the region
   */
  constructor(
    region: Region,
    readonly message: number,
    at: ExchangeFields,
  ) {
    this.mutex = region.base + at.mu;
    this.condition = region.base + at.cv;
    this.flagAt = at.flag;
  }

  /** One whose record has everything itself. @param args the record's handle @param fields offsets in the record */
  static ofRecord(region: Region, message: number, args: number, fields: ExchangeFields): Exchange {
    const record = args + OWNERSHIP_BYTES;
    const { mu, cv, flag } = fields;
    return new Exchange(region, message, { mu: record + mu, cv: record + cv, flag: record + flag });
  }

  /** Makes mutex and condition: once, since the server may still be leaving them when the record goes out again. */
  prepare(): this {
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
  private readonly journal: Journal;
  private readonly section: CriticalSection;
  private readonly push: Push;
  private underWay: { readonly exchange: Exchange; readonly read: () => void } | undefined;

  constructor(region: Region, journal: Journal, section: CriticalSection, push: Push) {
    this.region = region;
    this.journal = journal;
    this.section = section;
    this.push = push;
  }

  /** All three legs. @param read takes the results out of the record before the server may drop them */
  run(exchange: Exchange, read: () => void = () => {}): void {
    this.begin(exchange, read);
    this.settle();
  }

  /** As {@link run}, of a message that brings the response to a request. */
  respond(exchange: Exchange, read: () => void): void {
    this.begin(exchange, read, true);
    this.settle();
  }

  /** The first leg alone; {@link settle} has to follow, and does before the next record. */
  begin(exchange: Exchange, read: () => void, sendsResponse = false): void {
    this.settle();
    this.region.view.setUint8(exchange.flagAt, 0);
    const { mutex, condition, flagAt } = exchange;
    const { base } = this.region;
    this.push(exchange.message, sendsResponse, () =>
      this.journal.beginExchange(mutex - base, condition - base, flagAt),
    );
    this.underWay = { exchange, read };
  }

  /**
   * Ends the exchange that is under way, if any: until then the server serves nothing else. This side looks at the flag again and again
   * instead of waiting with the condition: a process that dies in such a wait makes the server's next broadcast wait for ever.
   */
  settle(): void {
    if (this.underWay === undefined) return;
    const { exchange, read } = this.underWay;
    this.underWay = undefined;
    const { view } = this.region;
    waitForByte(view, exchange.flagAt);
    read();
    this.journal.acknowledgeExchange();
    this.section.enter();
    try {
      lockMutex(exchange.mutex, RECORD_MUTEX);
      view.setUint8(exchange.flagAt, 0);
      unlockMutex(exchange.mutex, RECORD_MUTEX);
      broadcastCondition(exchange.condition);
    } finally {
      this.section.leave();
    }
    this.journal.endExchange();
  }
}
