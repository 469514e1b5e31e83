import type { Endpoint } from "../../channel/endpoint.js";
import { waitUntil } from "../../libc/wait-until.js";
import { LATE_ANSWER_POLL_MS, LATE_STREAM_POLL_MS, QUEUE_WAIT_MS } from "../../limits.js";
import type { CallOwner } from "./call-owner.js";
import type { CallPump } from "./call-pump.js";
import type { CallSlots } from "./call-slots.js";
import type { StreamQueue } from "./stream-queue.js";

/** Looks for an answer before the first pause. */
const POLLS = 200;

/** Nobody wants an answer that comes late. */
const NOBODY: CallOwner = {
  wants: () => true,
  receive: () => false,
  holdsEarly: () => false,
  complete() {},
};

export interface LateAnswersParts {
  readonly endpoint: Endpoint;
  readonly slots: CallSlots;
  readonly pump: CallPump;
  readonly streamQueue: StreamQueue;
}

/**
 * From now on takes and drops answers to calls whose guest has ended, while the executor waits for the server: also those to calls of an
 * executor that has died. The server keeps a thread for each call until its answer was taken, and does not unload the model before.
 */
export function takeLateAnswers({ endpoint, slots, pump, streamQueue }: LateAnswersParts): void {
  streamQueue.inherit();
  endpoint.whileWaiting = () => {
    if (slots.isEmpty && !streamQueue.isUsed) return QUEUE_WAIT_MS;
    const { taken } = streamQueue;
    pump.poll(NOBODY);
    // The called model goes on with its stream now. A stream of thousands of responses would otherwise keep it, and its unload, for minutes.
    if (streamQueue.taken !== taken) return LATE_STREAM_POLL_MS;
    return slots.count === 0 && !streamQueue.isUsed ? QUEUE_WAIT_MS : LATE_ANSWER_POLL_MS;
  };
}

/**
 * Takes what is left of all calls, before the process ends: the server would use freed memory at a later response. A stream that may have
 * ended is given up when it is quiet.
 */
export function takeLastAnswers({ slots, pump, streamQueue }: LateAnswersParts): void {
  waitUntil(() => {
    pump.poll(NOBODY);
    return slots.isEmpty || (slots.count === 0 && !streamQueue.isUsed);
  }, POLLS);
}
