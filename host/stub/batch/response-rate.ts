import { RESPONSE_MAX_BYTES, RESPONSES_MAX } from "../../limits.js";
import { monotonicMs } from "../../monotonic.js";
import { pause } from "../../pause.js";

const SECOND_MS = 1_000;

/** Limits the responses of a guest in each second: one that sends faster waits. */
export class ResponseRate {
  /** Responses per second. */
  maxResponses: number = RESPONSES_MAX.default;
  /** Bytes of their outputs per second. */
  maxBytes: number = RESPONSE_MAX_BYTES.default;
  private beganAtMs = Number.NEGATIVE_INFINITY;
  private responses = 0;
  private bytes = 0;

  /**
   * Waits until a response may be sent, and counts it. The first response of a second may be of any size; the time for its bytes above the
   * limit is waited for before the next one.
   * @param bytes of its outputs
   */
  await(bytes: number): void {
    this.turn(monotonicMs());
    while (this.responses >= this.maxResponses || this.exceeds(bytes)) {
      pause(this.beganAtMs + SECOND_MS - monotonicMs());
      this.turn(monotonicMs());
    }
    this.responses += 1;
    this.bytes += bytes;
  }

  private exceeds(bytes: number): boolean {
    return this.bytes > 0 && this.bytes + bytes > this.maxBytes;
  }

  /** Begins the next second if this one has passed. */
  private turn(now: number): void {
    const seconds = Math.floor((now - this.beganAtMs) / SECOND_MS);
    if (seconds < 1) return;
    this.beganAtMs = now;
    this.responses = 0;
    this.bytes = Math.max(0, this.bytes - seconds * this.maxBytes);
  }
}
