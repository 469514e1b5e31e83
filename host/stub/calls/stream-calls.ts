import { CALL_STATE } from "./call-record.js";
import { type CallSlots, type SentCall, UNNAMED_STREAM } from "./call-slots.js";

/** The sent calls that have streams. */
export class StreamCalls {
  private readonly slots: CallSlots;
  private readonly doubted = new Set<SentCall>();

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

  /** Notes for a successor that the stream of a call may have ended. Nobody waits for the call any more. */
  leave(call: SentCall): void {
    this.doubted.delete(call);
    markUnclear(call);
  }

  /** Notes for a successor that one of the streams without a name has ended. Until {@link trust}, it is not known which. */
  doubt(): void {
    for (const call of [...this.unnamed(), ...this.awaited()]) {
      if (isUnclear(call)) continue;
      this.doubted.add(call);
      markUnclear(call);
    }
  }

  /** Takes back {@link doubt}: the stream that has ended is known. */
  trust(): void {
    if (this.doubted.size === 0) return;
    for (const call of this.slots.all()) {
      const { record } = call;
      if (!this.doubted.has(call) || !isUnclear(call)) continue;
      if (record.state === CALL_STATE.pending) record.next = CALL_STATE.streaming;
      else record.state = CALL_STATE.streaming;
    }
    this.doubted.clear();
  }
}

/** Whether a later response to the call may come. */
export function isStreaming({ record }: SentCall): boolean {
  return record.state === CALL_STATE.streaming || record.state === CALL_STATE.unclear;
}

/** An answer that is not read yet leads to that state later. */
function markUnclear({ record }: SentCall): void {
  if (record.state === CALL_STATE.pending) record.next = CALL_STATE.unclear;
  else record.state = CALL_STATE.unclear;
}

function isUnclear({ record: { state, next } }: SentCall): boolean {
  return (state === CALL_STATE.pending ? next : state) === CALL_STATE.unclear;
}
