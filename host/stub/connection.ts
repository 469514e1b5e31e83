import { QUEUE_WAIT_MS } from "../limits.js";
import type { Handle } from "../numbers.js";
import type { CriticalSection } from "../shm/critical-section.js";
import { Heap } from "../shm/heap.js";
import { Ledger } from "../shm/ledger.js";
import { MessageQueue } from "../shm/queue.js";
import { CANNOT_GROW, type Region } from "../shm/region.js";
import { type Control, queueLayout, readControl } from "../wire/control.js";
import { Dialect } from "../wire/dialect.js";
import { WireReader } from "../wire/reader.js";
import { WireWriter } from "../wire/writer.js";
import { PreparedAnswers } from "./answers/prepared-answers.js";
import { ExchangeChannel } from "./exchange.js";
import { FactoryList } from "./shared/factory-list.js";
import { Journal } from "./shared/journal.js";
import type { Mapping } from "./shared/mapping.js";
import { NEEDS_EXECUTOR } from "./shared/mapping-table.js";
import type { Phase } from "./shared/phase.js";

const EMERGENCY_TEXT =
  `${CANNOT_GROW}: the shared-memory region has no room for an answer: it cannot grow, or is beyond the 4 GiB of 32-bit WebAssembly; ` +
  "send smaller tensors, enlarge /dev/shm, or reload the model to start with a new region";

export interface ConnectionOptions {
  readonly region: Region;
  readonly core: WebAssembly.Module;
  readonly mapping: Mapping;
  readonly phase: Phase;
  readonly release: string;
  /** The step of growth of the region in bytes. */
  readonly growthBytes: number;
  readonly controlHandle: number;
  /** Name of the model instance, for the texts of errors. */
  readonly instanceName: string;
}

/** This side of the wire: heap, queues and codecs over the shared region. */
export class Connection {
  readonly region: Region;
  readonly heap: Heap;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  readonly dialect: Dialect;
  readonly control: Control;
  readonly journal: Journal;
  /** In which the guard does not end this process at a deadline. */
  readonly section: CriticalSection;
  readonly factories: FactoryList;
  /** Logs, metrics and other requests beside the commands. */
  readonly side: ExchangeChannel;
  /** Responses that travel as messages of their own. */
  readonly responses: ExchangeChannel;
  private readonly instanceName: string;
  /** Commands and release tokens from the server. */
  private readonly commands: MessageQueue;
  /** Answers to the server. */
  private readonly answers: MessageQueue;
  readonly prepared: PreparedAnswers;
  /** A command that came instead of a token; 0: none. */
  private earlyCommand = 0;

  /** @throws StubError when the region is not what a server of this release makes */
  constructor(options: ConnectionOptions) {
    const { region, mapping, phase } = options;
    this.region = region;
    this.section = phase;
    this.instanceName = options.instanceName;
    this.dialect = new Dialect(options.release);
    this.journal = new Journal(mapping);
    this.factories = new FactoryList(mapping);
    const ledger = new Ledger(mapping.uint32s("ledger"));
    this.heap = new Heap(region, options.core, options.growthBytes, ledger, phase);
    this.heap.requireKnownParent();
    mapping.set("undo_log", this.heap.noteChanges(mapping.get("undo_log")));
    this.reader = new WireReader(region);
    this.writer = new WireWriter(region, this.heap);
    const { layout, era } = this.dialect;
    this.control = readControl(this.reader, layout, options.controlHandle);
    const queue = queueLayout(layout);
    this.commands = new MessageQueue(region, this.control.stubMessageQueue, queue, "command queue");
    this.answers = new MessageQueue(region, this.control.parentMessageQueue, queue, "answer queue");
    const side = new MessageQueue(region, this.control.stubToParentQueue, queue, "side queue");
    const { journal } = this;
    this.side = new ExchangeChannel(this, side, (handle, sendsResponse, sending) => {
      const putting = (head: number) => {
        journal.beginPush("side", head, sendsResponse);
        sending();
      };
      while (!side.pushShared(handle, QUEUE_WAIT_MS, phase, putting));
      journal.endPush();
    });
    // From 24.10 the server takes responses from where it takes all other requests of the stub; it serves one of both at a time.
    this.responses =
      era === "embedded"
        ? this.side
        : new ExchangeChannel(this, this.answers, (handle, sendsResponse, sending) => {
            this.put(handle, sendsResponse, sending);
            journal.endPush();
          });
    mapping.set("needs_executor", this.needsExecutor());
    this.prepared = new PreparedAnswers(this, mapping);
  }

  private needsExecutor(): number {
    if (!this.sendsResponses) return NEEDS_EXECUTOR.never;
    const { era } = this.dialect;
    if (era === "returned") return NEEDS_EXECUTOR.always;
    return era === "sent" ? NEEDS_EXECUTOR.withoutFactories : NEEDS_EXECUTOR.afterResponse;
  }

  /** Whether each response goes to the server as a message of its own. */
  get sendsResponses(): boolean {
    return this.control.decoupled || this.dialect.era === "sent";
  }

  /**
   * The handle of the next command's message. A token for which nobody waits is dropped: the one that waited has died.
   * @returns 0 when none came within {@link QUEUE_WAIT_MS}
   */
  takeCommand(): number {
    const { journal } = this;
    const early = this.earlyCommand;
    this.earlyCommand = 0;
    if (early !== 0) return early;
    const handle = this.commands.pop(QUEUE_WAIT_MS, (handle, tail) => {
      if (handle !== 0) journal.take(handle, tail);
    });
    return Math.max(0, handle);
  }

  /**
   * Waits for the server's token for the answer to the command in work. A command in its place says that the token was taken by an
   * executor that has died.
   */
  takeToken(): void {
    const { journal } = this;
    const taking = (handle: number, tail: number) => {
      if (handle === 0) journal.endCommand();
      else journal.take(handle, tail);
    };
    let handle: number;
    do handle = this.commands.pop(QUEUE_WAIT_MS, taking);
    while (handle < 0);
    this.earlyCommand = handle;
  }

  /** Answers the current command. @param encodeLocked makes its record under the pool mutex and returns the handle */
  answer(command: number, encodeLocked: () => Handle): void {
    const { writer, dialect } = this;
    this.answerWith(() => dialect.message.encodeLocked(writer, command, encodeLocked()));
  }

  /** Answers the current command. @param encodeLocked makes the message under the pool mutex and returns its handle */
  answerWith(encodeLocked: () => Handle): void {
    this.putAnswer(this.heap.locked(encodeLocked));
  }

  /** Answers the current command with a message that is there already. */
  putAnswer(handle: Handle): void {
    this.put(handle, false, () => {});
    this.journal.endAnswer();
  }

  /**
   * Answers an ExecuteRequest with an error for the whole batch, and drops what was made for it. When the region has no
   * room left for the text, the prepared answer goes out.
   * @param factoriesGone whether the server must leave the batch's response factories alone (from 24.10)
   */
  answerFailedBatch(reason: string, factoriesGone = false): void {
    const { heap, writer, dialect } = this;
    let message: Handle;
    try {
      message = heap.locked(() => {
        heap.dropNewerLocked(0);
        return this.encodeFailedBatchLocked(reason);
      });
    } catch {
      message = this.prepared.failedBatch(EMERGENCY_TEXT);
    }
    dialect.responseBatch.setFactoriesGone(writer, message, factoriesGone);
    this.putAnswer(message);
  }

  /** Answers an InitializeRequest with an error, and drops what was made for it. */
  answerFailedInitialisation(reason: string): void {
    const { heap, writer, dialect } = this;
    this.answer(dialect.commands.initializeResponse, () => {
      heap.dropNewerLocked(0);
      return dialect.initialize.encodeLocked(writer, reason);
    });
  }

  /** From 24.06 on the server passes the text on as it is; before, it says itself which instance has failed. */
  encodeFailedBatchLocked(reason: string): Handle {
    const sentence = this.sentencePrefix + reason;
    return this.dialect.responseBatch.encodeFailedLocked(this.writer, { reason, sentence });
  }

  get sentencePrefix(): string {
    return `Failed to process the request(s) for model '${this.instanceName}', message: `;
  }

  private put(handle: Handle, sendsResponse: boolean, sending: () => void): void {
    const { journal } = this;
    const putting = (head: number) => {
      journal.beginPush("answers", head, sendsResponse);
      sending();
    };
    while (!this.answers.push(handle, QUEUE_WAIT_MS, putting));
  }
}
