import type { RegionOffset } from "../numbers.js";

/**
 * Notes about commands and messages. Each is written before its step, so that another process can finish the work when this one dies.
 */
export interface ChannelJournal {
  /**
   * A command is about to be taken from its queue.
   * @param tail index of its slot
   */
  take(handle: number, tail: number): void;
  /** The server's token is about to be taken: it has read the answer. */
  endCommand(): void;
  /** Notes that the next push is the answer to the current command. */
  expectAnswer(): void;
  /** Notes that the next push begins an exchange. */
  expectExchange(mutexAt: RegionOffset, conditionAt: RegionOffset, flagAt: RegionOffset): void;
  /**
   * A handle is about to be pushed to a queue.
   * @param head index of its slot
   */
  beginPush(queue: "answers" | "side", head: number): void;
  /** The handle is in its queue. What was expected of the push is a fact now. */
  endPush(): void;
  /** The results of the exchange are read, and the server is about to be notified. */
  acknowledgeExchange(): void;
  endExchange(): void;
}
