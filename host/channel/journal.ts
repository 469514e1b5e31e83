import type { RegionOffset } from "../numbers.js";

/** What is noted of commands and messages before they are on their way, so that another process can end what this one has begun. */
export interface ChannelJournal {
  /** A command is about to be taken from its queue. @param tail the place that it is taken from */
  take(handle: number, tail: number): void;
  /** The server's token is about to be taken: it has read the answer. */
  endCommand(): void;
  /**
   * A handle is about to be put into a queue.
   * @param head the place that it is put to
   * @param sendsResponse whether the message brings the response to a request
   */
  beginPush(queue: "answers" | "side", head: number, sendsResponse: boolean): void;
  endPush(): void;
  /** The push was that of the answer to the command in work. */
  endAnswer(): void;
  /** An exchange is about to begin. Offsets in the region. */
  beginExchange(mutexAt: RegionOffset, conditionAt: RegionOffset, flagAt: RegionOffset): void;
  /** The server is about to be told that its results were read. */
  acknowledgeExchange(): void;
  endExchange(): void;
}
