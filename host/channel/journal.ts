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
  /**
   * A handle is about to be pushed to a queue.
   * @param head index of its slot
   * @param sendsResponse whether the message has the response to a request
   */
  beginPush(queue: "answers" | "side", head: number, sendsResponse: boolean): void;
  /** The handle is in its queue. */
  endPush(): void;
  /** The push was the answer to the current command. */
  endAnswer(): void;
  /** An exchange is about to begin. */
  beginExchange(mutexAt: RegionOffset, conditionAt: RegionOffset, flagAt: RegionOffset): void;
  /** The results of the exchange are read, and the server is about to be notified. */
  acknowledgeExchange(): void;
  endExchange(): void;
}
