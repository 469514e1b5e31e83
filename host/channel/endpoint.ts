import { EXCHANGE_POLL_MS, QUEUE_WAIT_MS } from "../limits.js";
import type { Handle } from "../numbers.js";
import type { CriticalSection } from "../shm/critical-section.js";
import type { Heap } from "../shm/heap.js";
import { MessageQueue } from "../shm/queue.js";
import type { Region } from "../shm/region.js";
import { type Control, queueLayout, readControl } from "../wire/control.js";
import type { Dialect } from "../wire/dialect.js";
import { callsUseSideQueue } from "../wire/era.js";
import type { ExchangeFields } from "../wire/exchange.js";
import { WireReader } from "../wire/reader.js";
import { WireWriter } from "../wire/writer.js";
import { Exchange, ExchangeChannel } from "./exchange.js";
import type { ChannelJournal } from "./journal.js";

export interface EndpointOptions {
  readonly heap: Heap;
  readonly dialect: Dialect;
  readonly journal: ChannelJournal;
  /** The guard does not kill this process within this section. */
  readonly section: CriticalSection;
  readonly controlHandle: number;
}

/** A new record, and the exchange that sends it. */
export interface NewExchange {
  readonly record: Handle;
  readonly exchange: Exchange;
}

/** This process's side of the connection to the server: heap, queues and codecs over the shared region. */
export class Endpoint {
  readonly region: Region;
  readonly heap: Heap;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  readonly dialect: Dialect;
  readonly control: Control;
  readonly section: CriticalSection;
  /** Exchanges over the side queue: log lines, metrics and other requests beside the commands. */
  readonly side: ExchangeChannel;
  /** Exchanges over the answer queue: responses that are separate messages, in releases that read them there. */
  readonly answerExchanges: ExchangeChannel;
  /** Later responses of streams that other models send. */
  readonly streams: MessageQueue;
  /** Called while this side waits for the server; returns the longest time until the next call in milliseconds. */
  whileWaiting: () => number = () => QUEUE_WAIT_MS;
  private readonly sideQueue: MessageQueue;
  private readonly journal: ChannelJournal;
  /** Commands and release tokens from the server. */
  private readonly commands: MessageQueue;
  /** Answers to the server. */
  private readonly answers: MessageQueue;
  /** Handle of a command that came instead of a token; 0: none. */
  private earlyCommand = 0;

  /** @throws StubError when the region does not match the release */
  constructor({ heap, dialect, journal, section, controlHandle }: EndpointOptions) {
    const { region } = heap;
    const { layout } = dialect;
    this.region = region;
    this.heap = heap;
    this.dialect = dialect;
    this.journal = journal;
    this.section = section;
    this.reader = new WireReader(region);
    this.writer = new WireWriter(region, heap);
    this.control = readControl(this.reader, layout, controlHandle);
    const queue = queueLayout(layout);
    this.commands = new MessageQueue(region, this.control.stubMessageQueue, queue, "command queue");
    this.answers = new MessageQueue(region, this.control.parentMessageQueue, queue, "answer queue");
    const side = new MessageQueue(region, this.control.stubToParentQueue, queue, "side queue");
    this.sideQueue = side;
    this.streams = new MessageQueue(
      region,
      this.control.parentToStubQueue,
      queue,
      "queue of streams",
    );
    const parts = { region, writer: this.writer, journal, section };
    this.side = new ExchangeChannel(parts, side, (handle) => this.putAside(handle));
    this.answerExchanges = new ExchangeChannel(parts, this.answers, (handle) => this.put(handle));
  }

  /**
   * Makes a record and the message around it. The locks of the exchange are initialised.
   * @param fields of the record
   * @param encodeLocked encodes the record under the pool mutex, and returns its handle
   */
  newExchange(command: number, fields: ExchangeFields, encodeLocked: () => Handle): NewExchange {
    const { writer, dialect, region } = this;
    const { record, message } = this.heap.locked(() => {
      const record = encodeLocked();
      return { record, message: dialect.message.encodeLocked(writer, command, record) };
    });
    return { record, exchange: new Exchange(region, message, fields.of(record)).initLocks() };
  }

  /**
   * Waits for the next command, and ends an exchange of the side queue that the server answers meanwhile. Drops a token that an executor
   * was waiting for when it died.
   * @returns the handle of its message; 0 when none came within the time
   */
  takeCommand(timeoutMs = QUEUE_WAIT_MS): number {
    const { journal } = this;
    const early = this.earlyCommand;
    this.earlyCommand = 0;
    if (early !== 0) return early;
    this.side.finishIfAnswered();
    const pollMs = this.side.isPending ? EXCHANGE_POLL_MS : QUEUE_WAIT_MS;
    const waitMs = Math.min(timeoutMs, this.whileWaiting(), pollMs);
    const handle = this.commands.pop(waitMs, (handle, tail) => {
      if (handle !== 0) journal.take(handle, tail);
    });
    return Math.max(0, handle);
  }

  /**
   * Waits for the server's token, which confirms that the server has read the answer to the current command. If a command comes instead, an
   * executor that has died had already taken the token.
   */
  takeToken(): void {
    const { journal } = this;
    const note = (handle: number, tail: number) => {
      if (handle === 0) journal.endCommand();
      else journal.take(handle, tail);
    };
    let handle: number;
    do handle = this.commands.pop(this.whileWaiting(), note);
    while (handle < 0);
    this.earlyCommand = handle;
  }

  /** Sends the message of a call of another model. */
  pushCall(message: Handle): void {
    if (callsUseSideQueue(this.dialect.era)) this.putAside(message);
    else this.put(message);
  }

  /**
   * Answers the current command.
   * @param encodeLocked encodes the record under the pool mutex, and returns its handle
   */
  answer(command: number, encodeLocked: () => Handle): void {
    const { writer, dialect } = this;
    this.answerWith(() => dialect.message.encodeLocked(writer, command, encodeLocked()));
  }

  /**
   * Answers the current command.
   * @param encodeLocked encodes the message under the pool mutex, and returns its handle
   * @param expect notes in the journal what else is true as soon as the answer is in its queue
   */
  answerWith(encodeLocked: () => Handle, expect: () => void = () => {}): void {
    const message = this.heap.locked(encodeLocked);
    expect();
    this.putAnswer(message);
  }

  /** Answers the current command with an existing message. */
  putAnswer(handle: Handle): void {
    this.journal.expectAnswer();
    this.put(handle);
  }

  private putAside(handle: Handle): void {
    const { journal, section } = this;
    const note = (head: number) => journal.beginPush("side", head);
    while (!this.sideQueue.pushShared(handle, QUEUE_WAIT_MS, section, note));
    journal.endPush();
  }

  private put(handle: Handle): void {
    const { journal } = this;
    const note = (head: number) => journal.beginPush("answers", head);
    while (!this.answers.push(handle, QUEUE_WAIT_MS, note));
    journal.endPush();
  }
}
