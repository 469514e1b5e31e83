import { CALL_STATE } from "./call-record.js";
import { type CallSlots, type SentCall, UNNAMED_STREAM } from "./call-slots.js";

/** The sent calls that have streams. */
export class StreamCalls {
  private readonly slots: CallSlots;

  constructor(slots: CallSlots) {
    this.slots = slots;
  }

  /** The calls of which a later response may come, the oldest first. */
  streaming(): SentCall[] {
    return [...this.slots.all()].filter(isStreaming);
  }

  /** Of these, the calls whose stream has no name yet. */
  unnamed(): SentCall[] {
    return this.streaming().filter(({ record }) => record.stream === UNNAMED_STREAM);
  }

  /** The call that a response belongs to; undefined when there is none, or it is not known yet. */
  callOf({ stream }: { readonly stream: bigint }): SentCall | undefined {
    const named = this.streaming().find(({ record }) => record.stream === stream);
    if (named !== undefined || this.awaited().length > 0) return named;
    // Of several, none has a guest: see `answer`.
    const [unnamed] = this.unnamed();
    if (unnamed !== undefined) unnamed.record.stream = stream;
    return unnamed;
  }

  /** The calls with streams whose first response is not read yet: a later one may be in the queue already. */
  awaited(): SentCall[] {
    return [...this.slots.all()].filter(
      ({ record: { state, next } }) => state === CALL_STATE.pending && next !== CALL_STATE.done,
    );
  }
}

/** Whether a later response to the call may come. */
export function isStreaming({ record }: SentCall): boolean {
  return record.state === CALL_STATE.streaming || record.state === CALL_STATE.unclear;
}
