import { waitUntil } from "../libc/wait-until.js";
import { READINESS_LEAVE_MAX_MS } from "../limits.js";
import type { Handle } from "../numbers.js";
import type { ExchangePlaces } from "../wire/exchange.js";
import type { Message } from "../wire/message.js";
import type { Readiness } from "../wire/records/readiness.js";
import type { Endpoint } from "./endpoint.js";
import { signalServer } from "./signal.js";

const PROBE_MUTEX = "the mutex of a question after the readiness";

/** The server asks whether the model is ready, and waits for the answer. */
export interface Probe extends ExchangePlaces {
  readonly record: Handle;
}

/** The questions after the model's readiness that the server sends by itself, from 26.03 on. */
export class ReadinessProbes {
  private readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  /** Drops the questions that wait: the server does not wait for an answer to them any more, and may have freed them. */
  drop(): void {
    while (this.peek() !== undefined) this.endpoint.streams.pop(0);
  }

  /**
   * Takes a question.
   * @returns undefined when there is none
   * @throws StubError when the bytes are not a question
   */
  take(): Probe | undefined {
    const message = this.peek();
    if (message === undefined) return undefined;
    const { dialect, reader, streams } = this.endpoint;
    streams.pop(0);
    const flagAt = dialect.readiness!.flagOf(reader, message.args);
    const { mutexAt, conditionAt } = dialect.message.locksOf(reader, message.handle);
    return { mutexAt, conditionAt, flagAt, record: message.args as Handle };
  }

  /** The next message of the queue, if it is a question: the responses of streams are in the same queue. */
  private peek(): Message | undefined {
    const { dialect, reader, heap, streams } = this.endpoint;
    const next = streams.peek();
    if (next === undefined) return undefined;
    heap.followGrowth();
    const message = dialect.message.decode(reader, next.handle);
    return message.command === dialect.readinessCommand ? message : undefined;
  }

  /** Answers, and waits until the server has read the answer or has given up. */
  answer(probe: Probe, readiness: Readiness): void {
    const { dialect, writer, heap, region } = this.endpoint;
    const scope = heap.scope();
    heap.locked(() => dialect.readiness!.fillLocked(writer, probe.record, readiness));
    signalServer(this.endpoint, probe, true, PROBE_MUTEX);
    // The text of an error must stay until the server has read it.
    waitUntil(() => region.view.getUint8(probe.flagAt) === 0, 0, READINESS_LEAVE_MAX_MS);
    scope.close();
  }
}
