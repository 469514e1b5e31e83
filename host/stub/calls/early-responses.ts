import type { Endpoint } from "../../channel/endpoint.js";
import { STREAM_RESPONSES_MAX } from "../../limits.js";
import { CallResponse } from "./call-response.js";
import { lostResponses } from "./errors.js";

/** A response that the server does not wait with any more. */
export interface EarlyResponse {
  /** The server's id of its stream. */
  readonly stream: bigint;
  readonly isLast: boolean;
  readonly response: CallResponse;
  /** Whether references to the blocks of its outputs are held. */
  isHeld: boolean;
  /** Whether it stands for responses that were dropped. */
  readonly isLost: boolean;
}

/**
 * Responses that have come before it is known to which call they belong: to one whose first response is not read yet, or to one whose first
 * response was an error without a name. They cannot wait in the queue: the called model would not go on, and it may be the one that has to answer.
 */
export class EarlyResponses {
  private readonly endpoint: Endpoint;
  private list: EarlyResponse[] = [];

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  /**
   * Adds a response that is still in the queue. If there are too many, the call that the stream belongs to gets an error in place of them.
   * @param isHeld whether a guest may want it
   */
  add(response: CallResponse, isHeld: boolean): void {
    if (this.list.length >= STREAM_RESPONSES_MAX) {
      this.addLost(response);
      return;
    }
    const { stream, isLast } = response;
    const kept = isHeld ? response.hold(this.endpoint) : response;
    this.list.push({ stream, isLast, response: kept, isHeld, isLost: false });
  }

  /**
   * Removes the responses whose calls are known now, in their order.
   * @param settle returns false when the call is not known yet
   */
  settle(settle: (early: EarlyResponse) => boolean): void {
    this.list = this.list.filter((early) => !settle(early));
  }

  /** Forgets the blocks: the command that they belong to frees them. */
  forgetBlocks(): void {
    for (const early of this.list) early.isHeld = false;
  }

  private addLost({ stream, isLast }: CallResponse): void {
    const isNoted = this.list.some((early) => early.stream === stream && early.isLost);
    const response = CallResponse.failed(lostResponses(STREAM_RESPONSES_MAX));
    if (isLast || !isNoted)
      this.list.push({ stream, isLast, response, isHeld: false, isLost: true });
  }
}
