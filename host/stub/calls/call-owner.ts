import type { CallResponse } from "./call-response.js";
import type { SentCall } from "./call-slots.js";

/** The owner of a call: takes its responses. */
export interface CallOwner {
  /** Whether it takes another response now. If not, the called model waits. */
  wants(call: SentCall): boolean;
  /** @returns false when nobody wants the response any more */
  receive(call: SentCall, response: CallResponse): boolean;
  /**
   * Called before the blocks of a response are held of which it is not known to which call it belongs.
   * @returns false when nobody wants it
   */
  holdsEarly(): boolean;
  /** No other response to the call follows. */
  complete(call: SentCall): void;
}
