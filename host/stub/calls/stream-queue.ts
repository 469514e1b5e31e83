import type { Endpoint } from "../../channel/endpoint.js";
import { signalServer } from "../../channel/signal.js";
import { STREAM_QUIET_MS } from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import type { Handle } from "../../numbers.js";
import type { MessageLocks } from "../../wire/message.js";
import type { BlsAnswer } from "../../wire/records/bls.js";
import type { Mapping, Word } from "../shared/mapping.js";

const STREAM_MUTEX = "the mutex of a response of a stream";

/** A later response of a stream, which is still in the queue. */
export interface StreamedMessage {
  readonly handle: Handle;
  readonly tail: number;
  readonly args: Handle;
  readonly answer: BlsAnswer;
}

/**
 * The later responses of streams, which the server puts into a queue of its own. It waits with each until this side has read it.
 *
 * ```
 *  peek: read ---> hold the blocks ---> note, take from the queue ---> set the flag, notify the server ---> drop the blocks
 * ```
 */
export class StreamQueue {
  private readonly endpoint: Endpoint;
  private readonly noted: Word;
  private readonly notedTail: Word;
  private readonly mutexAt: Word;
  private usedUntil = 0;
  private takenCount = 0;

  constructor(endpoint: Endpoint, mapping: Mapping) {
    this.endpoint = endpoint;
    this.noted = mapping.word("streamed_message");
    this.notedTail = mapping.word("streamed_tail");
    this.mutexAt = mapping.word("streamed_mutex_at");
  }

  /**
   * The next response, which stays in the queue.
   * @returns undefined when there is none
   */
  peek(): StreamedMessage | undefined {
    const { streams, heap, reader, dialect } = this.endpoint;
    const next = streams.peek();
    if (next === undefined) return undefined;
    heap.followGrowth();
    const { handle, command, args } = dialect.message.decode(reader, next.handle);
    // The server sends no other message to a stub without GPUs. In 23.10 it leaves the command unset.
    const { streamedResponse = command } = dialect.commands;
    if (command !== streamedResponse) return undefined;
    const answer = dialect.bls.decodeStreamed(reader, args);
    return { handle, tail: next.tail, args: args as Handle, answer };
  }

  /**
   * Drops questions after the readiness that are in front of responses (from 26.03 on). The guest is at work and cannot be asked: the server
   * gives such a question up after 5 s.
   */
  skipQuestions(): void {
    const { streams, heap, reader, dialect } = this.endpoint;
    const { readinessCommand } = dialect;
    if (readinessCommand === undefined) return;
    for (let next = streams.peek(); next !== undefined; next = streams.peek()) {
      heap.followGrowth();
      if (dialect.message.decode(reader, next.handle).command !== readinessCommand) return;
      streams.pop(0);
    }
  }

  /** Number of responses that were taken. */
  get taken(): number {
    return this.takenCount;
  }

  /** Whether a response may come: one has come within the last seconds. */
  get isUsed(): boolean {
    return this.usedUntil !== 0 && monotonicMs() < this.usedUntil;
  }

  /** Notes that responses may come. */
  expectMore(): void {
    this.usedUntil = monotonicMs() + STREAM_QUIET_MS;
  }

  /** Takes the response that {@link peek} has returned, and lets the server continue. */
  take({ handle, tail, args }: StreamedMessage): void {
    const { streams, heap, reader, dialect } = this.endpoint;
    const locks = dialect.message.locksOf(reader, handle);
    const held = [handle, args, locks.mutex, locks.condition];
    // A successor may have to notify the server again. The server frees the blocks as soon as it was notified.
    heap.locked(() => {
      for (const block of held) heap.loadLocked(block);
    });
    this.expectMore();
    this.takenCount++;
    this.notedTail.value = tail;
    this.noted.value = handle;
    streams.pop(0);
    this.notify(args, locks);
    this.noted.value = 0;
    heap.locked(() => {
      for (const block of held.reverse()) heap.releaseLocked(block);
    });
  }

  /** Takes the response in a slot of the queue if it has not been taken yet. */
  takeAt(tail: number): void {
    if (this.endpoint.streams.peek()?.tail !== tail) return;
    const message = this.peek();
    if (message !== undefined) this.take(message);
  }

  /** Lets the server continue after a response that an executor has taken before it died. Call it before the ledger is closed. */
  inherit(): void {
    const { streams, reader, dialect } = this.endpoint;
    const handle = this.noted.value as Handle;
    if (handle === 0) return;
    // The message may still be in the queue.
    if (streams.peek()?.tail !== this.notedTail.value) {
      const { message } = dialect;
      this.notify(message.argsOf(reader, handle), message.locksOf(reader, handle));
    }
    this.noted.value = 0;
  }

  private notify(args: Handle, { mutexAt, conditionAt }: MessageLocks): void {
    const { section, dialect } = this.endpoint;
    const flagAt = dialect.bls.streamFlagOf(args);
    section.enter();
    this.mutexAt.value = mutexAt;
    signalServer(this.endpoint, { mutexAt, conditionAt, flagAt }, true, STREAM_MUTEX);
    this.mutexAt.value = 0;
    section.leave();
  }
}
