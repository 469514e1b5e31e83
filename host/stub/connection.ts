import { QUEUE_WAIT_MS } from "../limits.js";
import { Heap } from "../shm/heap.js";
import { Ledger } from "../shm/ledger.js";
import { MessageQueue } from "../shm/queue.js";
import { CANNOT_GROW, Region, type RegionShare } from "../shm/region.js";
import { type Control, queueLayout, readControl, retainQueues } from "../wire/control.js";
import { WireReader } from "../wire/reader.js";
import { Dialect } from "./dialect.js";
import { ExchangeChannel } from "./exchange.js";
import { Slots } from "./slots.js";

const EMERGENCY_TEXT =
  `${CANNOT_GROW}: the shared-memory region has no room for an answer: it cannot grow, or is beyond the 4 GiB of 32-bit WebAssembly; ` +
  "send smaller tensors, enlarge /dev/shm, or reload the model to start with a new region";

/** What a thread of the stub needs to speak with the server: structured-cloneable. */
export interface ConnectionShare {
  readonly region: RegionShare;
  readonly core: WebAssembly.Module;
  readonly release: string;
  readonly growthBytes: number;
  readonly controlHandle: number;
  readonly ledger: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  /** Handle of the answer that {@link Connection.prepare} has made; 0 before. */
  readonly emergencyAnswer: number;
  /** Name of the model instance, for the texts of errors. */
  readonly instanceName: string;
}

/** One thread's side of the wire: heap, queues and codecs over the shared region. */
export class Connection {
  readonly region: Region;
  readonly heap: Heap;
  readonly reader: WireReader;
  readonly dialect: Dialect;
  readonly control: Control;
  readonly slots: Slots;
  /** Commands and release tokens from the server. */
  readonly commands: MessageQueue;
  /** Answers to the server. */
  readonly answers: MessageQueue;
  /** Logs, metrics and other requests beside the commands. */
  readonly side: ExchangeChannel;
  private readonly shared: ConnectionShare;
  private emergencyAnswer: number;

  /** @throws StubError when the region is not what a server of this release makes */
  constructor(shared: ConnectionShare, region = Region.attach(shared.region)) {
    this.shared = shared;
    this.emergencyAnswer = shared.emergencyAnswer;
    this.region = region;
    this.dialect = new Dialect(shared.release);
    this.slots = new Slots(shared.slots);
    this.heap = new Heap(region, shared.core, shared.growthBytes, new Ledger(shared.ledger));
    this.reader = new WireReader(region);
    const { layout } = this.dialect;
    this.control = readControl(this.reader, layout, shared.controlHandle);
    const queue = queueLayout(layout);
    this.commands = new MessageQueue(region, this.control.stubMessageQueue, queue, "command queue");
    this.answers = new MessageQueue(region, this.control.parentMessageQueue, queue, "answer queue");
    const sideRequests = new MessageQueue(
      region,
      this.control.stubToParentQueue,
      queue,
      "side-request queue",
    );
    this.side = new ExchangeChannel(region, (handle) => this.push(sideRequests, handle));
  }

  /** Whether each response goes to the server as a message of its own. */
  get sendsResponses(): boolean {
    return this.control.decoupled || this.dialect.era === "sent";
  }

  /** For another thread; it starts with what this one has mapped. */
  share(): ConnectionShare {
    const { emergencyAnswer } = this;
    return { ...this.shared, region: this.region.share(), emergencyAnswer };
  }

  /**
   * Once per process, before any other message: takes references of the queues, makes the answer for the day when the
   * region has no room for one, and tells the server that this process is alive.
   */
  prepare(): void {
    retainQueues(this.reader, this.dialect.layout, this.control);
    const { heap, dialect } = this;
    const hello = heap.locked(() => {
      // Both stay allocated for the life of the process: not for a command to drop.
      this.emergencyAnswer = this.encodeFailedBatchLocked(EMERGENCY_TEXT);
      // The server pops the first message and never reads it.
      const message = dialect.message.encodeLocked(heap, 0, 0);
      heap.ledger.forgetNewer(0);
      return message;
    });
    this.push(this.answers, hello);
  }

  /** Answers the current command. @param encodeLocked makes its record under the pool mutex and returns the handle */
  answer(command: number, encodeLocked: () => number): void {
    const { heap, dialect } = this;
    this.answerWith(() => dialect.message.encodeLocked(heap, command, encodeLocked()));
  }

  /** Answers the current command. @param encodeLocked makes the message under the pool mutex and returns its handle */
  answerWith(encodeLocked: () => number): void {
    this.push(this.answers, this.heap.locked(encodeLocked));
    this.slots.answered = true;
  }

  /**
   * Answers an ExecuteRequest with an error for the whole batch, and drops what was made for it. When the region has no
   * room left for the text, the prepared answer goes out.
   * @param factoriesGone whether the server must leave the batch's response factories alone (from 24.10)
   */
  answerFailedBatch(reason: string, factoriesGone = false): void {
    const { heap, dialect } = this;
    let message = this.emergencyAnswer;
    try {
      message = heap.locked(() => {
        heap.dropNewerLocked(0);
        return this.encodeFailedBatchLocked(reason);
      });
    } catch {
      // The prepared answer needs no room.
    }
    dialect.executeResponse.setFactoriesGone(heap, message, factoriesGone);
    this.push(this.answers, message);
    this.slots.answered = true;
  }

  /** Answers an InitializeRequest with an error, and drops what was made for it. */
  answerFailedInitialisation(reason: string): void {
    const { heap, dialect } = this;
    this.answer(dialect.commands.initializeResponse, () => {
      heap.dropNewerLocked(0);
      return dialect.initialize.encodeLocked(heap, reason);
    });
  }

  /** From 24.06 on the server passes the text on as it is; before, it says itself which instance has failed. */
  private encodeFailedBatchLocked(reason: string): number {
    const sentence = `Failed to process the request(s) for model '${this.shared.instanceName}', message: ${reason}`;
    return this.dialect.executeResponse.encodeFailedLocked(this.heap, { reason, sentence });
  }

  /** Waits until the queue takes the handle; the supervisor ends the process when the server is gone. */
  push(queue: MessageQueue, handle: number): void {
    while (!queue.push(handle, QUEUE_WAIT_MS));
  }
}
